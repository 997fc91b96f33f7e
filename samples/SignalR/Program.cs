// A chat whose hub takes the name of the user from the session. A sign-out closes the connections of all tabs.
//
//   dotnet run --project samples/SignalR
//
// Open http://localhost:5082 in two browsers. Sessions are in memory and end with the process.
using System.Security.Cryptography;
using ServerSessions;
using SignalRSample;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddServerSessions(options =>
{
    // An application keeps its secret outside of the code. This one ends with its sessions.
    options.Secret = builder.Configuration["Secret"] ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    options.IdleTimeout = TimeSpan.FromMinutes(30);

    // A page of another site can neither sign a visitor in nor open a web socket with the visitor's session.
    options.CrossSite = SessionCrossSite.Refuse;
});
builder.Services.AddSignalR();
builder.Services.AddSingleton<Presence>();

var app = builder.Build();
app.UseFileServer();
app.UseServerSessions();

// A real application checks a password here: see samples/SignIn.
app.MapPost(
    "/sign-in",
    async (SignIn signIn, ServerSession session) =>
    {
        await session.RenewForSignInAsync();
        session.Set("user", signIn.User);
    }
);
app.MapPost("/sign-out", async (ServerSession session) => await session.DestroyAsync()).RequireServerSession();
app.MapHub<ChatHub>("/chat").RequireServerSession().CloseWhenSessionEnds();

await app.RunAsync();

internal sealed record SignIn(string User);
