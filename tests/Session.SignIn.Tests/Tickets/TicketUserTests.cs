using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Memory;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>Users who sign in with a ticket that the session keeps: they are listed without a call of the application.</summary>
public sealed class TicketUserTests : IDisposable
{
    private readonly MemorySessionStore _store;
    private readonly Shop _shop;
    private IUserSessions? _users;
    private bool _isBeforeUsers;

    public TicketUserTests()
    {
        _shop = new Shop
        {
            Backend = sessions =>
            {
                sessions.AddStore(_ => _store!);
                if (!_isBeforeUsers)
                {
                    sessions.AddUserSessions().AddEvents<SignIns>();
                }
            },
            Others = static authentication => authentication.Services.AddAuthorization(),
            Pipeline = app =>
            {
                _users = app.Services.GetService<IUserSessions>();
                app.UseServerSessions().UseAuthentication().UseAuthorization();
            },
            Endpoints = static app =>
            {
                app.MapGet("/safe", static () => "safe").RequireAuthorization().RequireFreshSignIn(TimeSpan.FromMinutes(5));
                app.MapGet("/login", static (HttpContext context) => $"sign in, then {context.Request.Query["ReturnUrl"]}");
                app.MapGet(
                    "/user",
                    static async (string user, ServerSession session) =>
                    {
                        await session.SignInAsync(user);
                        session.Set("note", user);
                    }
                );
                app.MapGet("/note", static (ServerSession session) => session.Get<string>("note") ?? "");
                app.MapGet("/refresh", static (HttpContext context) => RefreshAsync(context));
            },
        };
        _store = new MemorySessionStore(new MemorySessionStoreOptions(), _shop.Time);
        _shop.Cookie = static options => options.LoginPath = "/login";
    }

    private IUserSessions Users => _users!;

    public void Dispose()
    {
        _shop.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task A_sign_in_with_a_ticket_is_listed_under_the_claim_that_names_the_user()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");

        var session = Assert.Single((await Users.ListAsync("ada")).Sessions);
        Assert.Equal(Shop.Start, session.Login.AuthenticatedAt);
    }

    [Fact]
    public async Task The_option_names_another_claim()
    {
        _shop.Keep = static authentication =>
            authentication.KeepTicketsInServerSession(
                CookieAuthenticationDefaults.AuthenticationScheme,
                static ticket => ticket.SubjectClaimType = "role"
            );
        await using var site = await _shop.StartAsync();
        await _shop.NewBrowser(site).TextAsync("/sign-in?user=ada&role=captain");

        Assert.Single((await Users.ListAsync("captain")).Sessions);
        Assert.True((await Users.ListAsync("ada")).IndexWasMissing);
    }

    [Fact]
    public async Task A_sign_out_removes_the_session_and_another_user_gets_an_own_one()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/sign-in?user=bob");
        Assert.Empty((await Users.ListAsync("ada")).Sessions);
        Assert.Single((await Users.ListAsync("bob")).Sessions);

        await browser.TextAsync("/sign-out");
        Assert.Empty((await Users.ListAsync("bob")).Sessions);
    }

    [Fact]
    public async Task A_ticket_of_another_user_than_the_one_who_is_signed_in_begins_an_empty_session()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/user?user=ada");
        Assert.Single((await Users.ListAsync("ada")).Sessions);
        await browser.TextAsync("/sign-in?user=bob");

        Assert.Equal("", await browser.TextAsync("/note"));
        Assert.Equal(0, await Users.CountAsync("ada"));
        Assert.Equal(0, (await Users.EndAllAsync("ada")).Ended);
        Assert.Equal("bob", await browser.TextAsync("/me"));
    }

    [Fact]
    public async Task The_end_of_all_sessions_signs_out_every_browser()
    {
        await using var site = await _shop.StartAsync();
        Browser[] browsers = [_shop.NewBrowser(site), _shop.NewBrowser(site)];
        foreach (var browser in browsers)
        {
            await browser.TextAsync("/sign-in?user=ada");
        }

        Assert.Equal(new EndedUserSessions(2, 0, false), await Users.EndAllAsync("ada"));
        foreach (var browser in browsers)
        {
            Assert.Equal("-", await browser.TextAsync("/me"));
        }
    }

    [Fact]
    public async Task A_ticket_that_is_refreshed_keeps_the_instant_of_the_sign_in_and_the_handle()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        var before = Assert.Single((await Users.ListAsync("ada")).Sessions).Login;
        _shop.Time.Advance(TimeSpan.FromMinutes(10));
        await browser.TextAsync("/refresh");

        Assert.Equal(before, Assert.Single((await Users.ListAsync("ada")).Sessions).Login);
    }

    [Fact]
    public async Task A_ticket_from_before_users_were_tracked_is_listed_when_it_is_refreshed_and_no_sign_in_is_told()
    {
        _isBeforeUsers = true;
        await using var before = await _shop.StartAsync();
        var browser = _shop.NewBrowser(before);
        await browser.TextAsync("/sign-in?user=ada");
        _isBeforeUsers = false;
        await using var site = await _shop.StartAsync();
        browser = browser.On(site);
        _shop.Time.Advance(TimeSpan.FromMinutes(10));

        await browser.TextAsync("/refresh");

        var session = Assert.Single((await Users.ListAsync("ada")).Sessions);
        Assert.Equal((Shop.Start, Shop.Start), (session.Login.SignedInAt, session.Login.AuthenticatedAt));
        Assert.Equal(0, site.Services.GetRequiredService<SignIns>().Count);

        await browser.TextAsync("/sign-in?user=ada");
        Assert.Equal(1, site.Services.GetRequiredService<SignIns>().Count);
        Assert.Equal(session.Handle, Assert.Single((await Users.ListAsync("ada")).Sessions).Handle);
    }

    [Fact]
    public async Task A_page_that_needs_a_fresh_sign_in_leads_to_it_and_then_opens()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        Assert.Equal("sign in, then /safe", await browser.TextAsync("/safe"));

        await browser.TextAsync("/sign-in?user=ada");
        Assert.Equal("safe", await browser.TextAsync("/safe"));

        _shop.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("ada", await browser.TextAsync("/me"));
        Assert.Equal("sign in, then /safe", await browser.TextAsync("/safe"));

        await browser.TextAsync("/sign-in?user=ada");
        Assert.Equal("safe", await browser.TextAsync("/safe"));
        Assert.Single((await Users.ListAsync("ada")).Sessions);
    }

    private sealed class SignIns : IServerSessionEvents
    {
        public int Count { get; private set; }

        public ValueTask SignedInAsync(SessionSignedIn signedIn)
        {
            Count++;
            return default;
        }
    }

    private static async Task RefreshAsync(HttpContext context)
    {
        var ticket = await context.AuthenticateAsync();
        await context.SignInAsync(ticket.Principal!, ticket.Properties);
    }
}
