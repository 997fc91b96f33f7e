using ServerSessions;

var builder = WebApplication.CreateBuilder(args);
builder.Services
    .AddServerSessions(options => options.Secret = builder.Configuration["ServerSessions:Secret"])
    .AddSqliteStore("Data Source=sessions.db");

var app = builder.Build();
app.UseServerSessions();
app.MapGet("/", (ServerSession session) =>
{
    session.Set("visits", session.Get<int>("visits") + 1);
    return $"Visits: {session.Get<int>("visits")}";
});
app.Run();
