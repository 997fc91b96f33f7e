using ServerSessions;

var builder = WebApplication.CreateBuilder(args);

// In development the secret is in appsettings.Development.json.
// Elsewhere set the variable ServerSessions__Secret to 32 random bytes in Base64.
var sessions = builder.Services.AddServerSessions(options => options.Secret = builder.Configuration["ServerSessions:Secret"]);
#if (store != "memory")
sessions.AddSTORE_NAMEStore(builder.Configuration.GetConnectionString("ServerSessions")!);
#endif

var app = builder.Build();
app.UseServerSessions();

app.MapGet("/", (ServerSession session) =>
{
    session.Set("visits", session.Get<int>("visits") + 1);
    return $"Visits: {session.Get<int>("visits")}";
});

// Ends the session, even for requests under way.
app.MapPost("/sign-out", async (ServerSession session) =>
{
    await session.DestroyAsync();
    return "Signed out";
});

app.Run();
