// A shop that runs in several instances. All have the same secret and the same store, so a visitor may reach any of them with each request.
using ServerSessions;

var builder = WebApplication.CreateBuilder(args);
builder.Services
    .AddServerSessions(builder.Configuration.GetSection("ServerSessions"))
    .AddStoreFromConfiguration(builder.Configuration);
builder.Services.AddHealthChecks();

var app = builder.Build();
var instance = app.Configuration["Instance"] ?? Environment.MachineName;
app.Use((context, next) =>
{
    context.Response.Headers["X-Instance"] = instance;
    return next(context);
});
app.UseServerSessions();

// The proxy asks for it every few seconds. It has no session.
app.MapHealthChecks("/health");

app.MapGet("/", (ServerSession session) =>
    $"{session.Get<string>("user") ?? "visitor"}, {session.Get<int>("clicks")} clicks, cart: "
        + string.Join(' ', session.Keys.Where(key => key.StartsWith("cart:", StringComparison.Ordinal)).Order()));

app.MapPost("/sign-in/{user}", async (string user, ServerSession session) =>
{
    await session.RenewForSignInAsync();
    session.Set("user", user);
});
app.MapPost("/sign-out", (ServerSession session) => session.DestroyAsync().AsTask());

// Parallel clicks on all instances are counted: each adds to the result of another.
app.MapPost("/click", async (ServerSession session) => await session.UpdateAsync<int>("clicks", clicks => clicks + 1));

// Parallel requests keep each other's keys.
app.MapPost("/cart/{tea}", (string tea, ServerSession session) => session.Set($"cart:{tea}", true));

app.Run();
