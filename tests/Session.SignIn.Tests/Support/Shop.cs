using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.SignIn.Tests;

/// <summary>A shop with a cart in the session and a sign-in with a cookie. Its instances share a store, a clock and the keys.</summary>
internal sealed class Shop : IDisposable
{
    public const string Session = "connect.sid";
    public const string Ticket = ".AspNetCore.Cookies";
    public const string Secret = "a secret of the tests, long enough for anybody";
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly EphemeralDataProtectionProvider _keys = new();

    public Shop() => Store = new RecordingStore(Time);

    public FakeTimeProvider Time { get; } = new(Start);

    public RecordingStore Store { get; }

    /// <summary>The store that the applications use; the recording one if nothing else is set.</summary>
    public ISessionStore? OtherStore { get; init; }

    /// <summary>Registers a backend, with a store for each instance.</summary>
    public Action<IServerSessionBuilder>? Backend { get; init; }

    public Action<ServerSessionOptions> Options { get; set; } = static _ => { };

    public Action<CookieAuthenticationOptions> Cookie { get; set; } = static _ => { };

    /// <summary>Keeps the tickets; in the session if nothing else is set.</summary>
    public Action<AuthenticationBuilder> Keep { get; set; } = static authentication => authentication.KeepTicketsInServerSession();

    /// <summary>Other schemes and services.</summary>
    public Action<AuthenticationBuilder> Others { get; set; } = static _ => { };

    /// <summary>The middleware; sessions in front of authentication if nothing else is set.</summary>
    public Action<WebApplication> Pipeline { get; set; } = static app => app.UseServerSessions().UseAuthentication();

    /// <summary>
    /// Puts sessions in front of authentication, or behind it, and adds an endpoint that begins a sign-in at the provider.
    /// </summary>
    public void SignInElsewhere(bool sessionsFirst)
    {
        Pipeline = sessionsFirst
            ? static app => app.UseServerSessions().UseAuthentication()
            : static app => app.UseAuthentication().UseServerSessions();
        Endpoints = static app =>
            app.MapGet("/login", static () => Results.Challenge(new AuthenticationProperties { RedirectUri = "/me" }, ["oidc"]));
    }

    /// <summary>Endpoints of a test.</summary>
    public Action<WebApplication> Endpoints { get; set; } = static _ => { };

    public Task<Site> StartAsync(string host = "shop.test") =>
        Site.StartAsync(
            host,
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(Time).AddSingleton<IDataProtectionProvider>(_keys);
                var sessions = builder.Services.AddServerSessions(options =>
                {
                    options.Secret = Secret;
                    Options(options);
                });
                (Backend ?? (added => added.AddStore(_ => OtherStore ?? Store)))(sessions);
                var authentication = builder
                    .Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
                    .AddCookie(options => Cookie(options));
                Others(authentication);
                Keep(authentication);
            },
            app =>
            {
                Pipeline(app);
                Map(app);
                Endpoints(app);
            }
        );

    public Browser NewBrowser(params Site[] sites) => new(Time, sites);

    public static ClaimsPrincipal User(string name, string role = "reader", string scheme = "Cookies") =>
        new(new ClaimsIdentity([new Claim("sub", name), new Claim("name", name), new Claim("role", role)], scheme, "name", "role"));

    public void Dispose() => Store.Dispose();

    private static void Map(WebApplication app)
    {
        app.MapGet("/me", static (HttpContext context) => context.User.Identity?.Name ?? "-");
        app.MapGet(
            "/role",
            static (HttpContext context) => context.User.FindFirst("role")?.Value ?? "-"
        );
        app.MapGet("/plain", static () => "plain");
        app.MapGet(
            "/cart",
            static (ServerSession session, string? add) =>
            {
                if (add is not null)
                {
                    session.Set("cart", session.Get<string>("cart") + add);
                }

                return session.Get<string>("cart") ?? "-";
            }
        );
        app.MapGet("/keys", static (ServerSession session) => string.Join(',', session.Keys));
        app.MapGet(
            "/sign-in",
            static (HttpContext context, string user, bool? persistent, string? role) =>
                context.SignInAsync(
                    User(user, role ?? "reader"),
                    new AuthenticationProperties { IsPersistent = persistent == true }
                )
        );
        app.MapGet("/sign-out", static (HttpContext context) => context.SignOutAsync());
        app.MapGet("/destroy", static async (ServerSession session) => await session.DestroyAsync());
        app.MapGet("/regenerate", static async (ServerSession session) => await session.RegenerateAsync());
    }
}
