using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Dashboard.Tests;

/// <summary>
/// An application with the dashboard and the page of devices, on Kestrel and a free loopback port, over a store that can fail. A request
/// with the header <c>X-Operator</c> is of an operator.
/// </summary>
internal sealed class DashboardApp : IAsyncDisposable
{
    public const string Operator = "X-Operator";

    public static readonly DateTimeOffset Start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;

    private DashboardApp(WebApplication app, FaultySessionStore store, FakeTimeProvider time) =>
        (_app, Store, Time, Address) = (
            app,
            store,
            time,
            new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single())
        );

    public FaultySessionStore Store { get; }

    public FakeTimeProvider Time { get; }

    public Uri Address { get; }

    /// <summary>The sessions that were ended: handle, user and reason.</summary>
    public IReadOnlyCollection<(string? Handle, string? Subject, SessionEndReason Reason)> Ended =>
        _app.Services.GetRequiredService<EndedSessions>().All;

    /// <summary>What the application has logged.</summary>
    public LogLines Logs => _app.Services.GetServices<ILoggerProvider>().OfType<LogLines>().Single();

    public IUserSessions Users => _app.Services.GetRequiredService<IUserSessions>();

    public static async Task<DashboardApp> StartAsync(
        Action<SessionDashboardOptions>? dashboard = null,
        Action<IEndpointConventionBuilder>? access = null,
        Action<UserSessionEndpointOptions>? devices = null,
        Action<ServerSessionOptions>? options = null,
        string environment = "Production",
        bool hasUsers = true,
        Func<ISessionStore>? store = null,
        string pathBase = ""
    )
    {
        var time = new FakeTimeProvider(Start);
        var faulty = FaultySessionStore.Over(new MemorySessionStore(new MemorySessionStoreOptions(), time), time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton<ILoggerProvider, LogLines>();
        builder.Services.AddRouting();
        builder.Services.AddAntiforgery();
        builder
            .Services.AddAuthentication(TestOperators.Name)
            .AddScheme<AuthenticationSchemeOptions, TestOperators>(TestOperators.Name, null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("Operators", static policy => policy.RequireRole("operator"));
        var sessions = builder
            .Services.AddServerSessions(session =>
            {
                session.Secret = "a secret of the tests, long enough for all";
                session.IdleTimeout = TimeSpan.FromHours(1);
                session.AbsoluteTimeout = TimeSpan.FromDays(30);
                options?.Invoke(session);
            })
            .AddStore(_ => store?.Invoke() ?? faulty)
            .AddSessionDashboard(dashboard);
        sessions.AddEvents<EndedSessions>();
        if (hasUsers)
        {
            sessions.AddUserSessions(static users => users.Address = UserSessionAddress.Full);
        }

        var app = builder.Build();
        app.UsePathBase(pathBase);
        app.UseRouting();
        app.UseServerSessions();
        app.UseAuthentication();
        app.UseAuthorization();
        (access ?? (static map => map.RequireAuthorization("Operators")))(app.MapSessionDashboard());
        if (hasUsers)
        {
            app.MapUserSessions(configure: devices);
            app.MapPost("/in", SignInAsync);
            app.MapPost("/out", static context => context.GetServerSession().DestroyAsync().AsTask());
            app.MapGet(
                "/own",
                static async context =>
                {
                    context.Response.ContentType = "text/html";
                    await context.Response.WriteAsync($"<h1>Account</h1>{await context.RenderUserSessionsAsync()}");
                }
            );
        }

        try
        {
            await app.StartAsync().WithinBoundAsync("the start of the application");
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new DashboardApp(app, faulty, time);
    }

    /// <summary>Returns a browser; that of an operator, or of a user.</summary>
    public Browser NewBrowser(string? @operator = null) => new(Address, @operator);

    /// <summary>Signs a user in, on a device of its own.</summary>
    public async Task<Browser> SignInAsync(
        string user,
        string? label = "Firefox on Windows",
        string method = "password",
        string key = "cart"
    )
    {
        var browser = NewBrowser();
        using var response = await browser.PostAsync("/in", ("user", user), ("label", label ?? ""), ("method", method), ("key", key));
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return browser;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync().AsTask().WithinBoundAsync("the end of the application");

    private static async Task SignInAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var session = context.GetServerSession();
        session.Set(form["key"]!, "THE-VALUE-THAT-IS-NEVER-SHOWN");
        await session.SignInAsync(form["user"]!, new UserSignIn { Label = form["label"], Method = form["method"] });
    }

    /// <summary>Takes the operator's name from a header.</summary>
    private sealed class TestOperators(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        public const string Name = "Test";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(
                Request.Headers[Operator].ToString() is { Length: > 0 } name
                    ? AuthenticateResult.Success(
                        new AuthenticationTicket(
                            new ClaimsPrincipal(
                                new ClaimsIdentity(
                                    [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, name == "user" ? "user" : "operator")],
                                    Name
                                )
                            ),
                            Name
                        )
                    )
                    : AuthenticateResult.NoResult()
            );
    }

    /// <summary>Keeps what was ended.</summary>
    private sealed class EndedSessions : IServerSessionEvents
    {
        public ConcurrentQueue<(string? Handle, string? Subject, SessionEndReason Reason)> All { get; } = new();

        public ValueTask EndedAsync(SessionEnded ended)
        {
            All.Enqueue((ended.Info.Handle, ended.Info.Subject, ended.Reason));
            return default;
        }
    }
}
