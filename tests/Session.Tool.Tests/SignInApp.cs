using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tool.Tests;

/// <summary>An application that signs users in, on Kestrel and a free loopback port, over the store of a URL.</summary>
internal sealed class SignInApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false });

    private SignInApp(WebApplication app)
    {
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        _client.BaseAddress = new Uri(addresses.Single());
    }

    public IUserSessions Users => _app.Services.GetRequiredService<IUserSessions>();

    public ISessionStore Store => _app.Services.GetRequiredService<ISessionStore>();

    /// <summary>The lists of users.</summary>
    public ISessionStore Lists => ((ISiblingSessionStore)Store).GetSibling("users");

    public static async Task<SignInApp> StartAsync(
        string url,
        Action<ServerSessionOptions>? options = null,
        Action<UserSessionOptions>? users = null,
        Action<IServerSessionBuilder>? sessions = null
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var registered = builder
            .Services.AddServerSessions(session =>
            {
                session.Secret = "a secret of the tests, long enough for all";
                session.IdleTimeout = TimeSpan.FromHours(1);
                options?.Invoke(session);
            })
            .AddStoreFromUrl(url)
            .AddUserSessions(users);
        sessions?.Invoke(registered);
        var app = builder.Build();
        app.UseServerSessions();
        app.Run(static async context =>
        {
            var session = context.GetServerSession();
            session.Set("cart", "a book");
            await session.SignInAsync(context.Request.Query["user"]!, new UserSignIn { Label = "Firefox on Windows" });
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new SignInApp(app);
    }

    /// <summary>Signs users in, each in a session of its own.</summary>
    public async Task SignInAsync(params string[] users)
    {
        foreach (var user in users)
        {
            using var response = await _client.GetAsync(
                new Uri($"/?user={user}", UriKind.Relative),
                TestContext.Current.CancellationToken
            );
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Returns the store keys of all sessions.</summary>
    public async Task<string[]> KeysAsync() =>
        [.. await ((IEnumerableSessionStore)Store).AllAsync().Select(static entry => entry.Sid).ToListAsync()];

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
