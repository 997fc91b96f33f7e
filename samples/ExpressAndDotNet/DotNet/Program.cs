// The .NET half: the cart. It has the sessions of the Express application beside it: the same secret, cookie and Redis.
using ServerSessions;

var builder = WebApplication.CreateBuilder(args);
builder.Services
    .AddServerSessions(options =>
    {
        options.Secret = builder.Configuration["SESSION_SECRET"];
        options.Cookie.MaxAge = TimeSpan.FromMinutes(30);
    })
    .AddStoreFromUrl(builder.Configuration["REDIS_URL"] ?? "redis://localhost:6379");

var app = builder.Build();
app.UseServerSessions();

app.MapGet("/", (ServerSession session) => new { User = session.Get<string>("user"), Cart = session.Get<string[]>("cart") ?? [] });

app.MapPost("/cart/{tea}", (string tea, ServerSession session) =>
    session.Set("cart", (string[])[.. session.Get<string[]>("cart") ?? [], tea]));

app.MapPost("/sign-out", async (ServerSession session) =>
{
    await session.DestroyAsync();
    return Results.Redirect("/");
});

app.Run();
