using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>Tickets that requests prolong or renew while others sign out, for both places where tickets are kept.</summary>
public sealed class SlidingTests : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan MoreThanHalf = TimeSpan.FromMinutes(31);

    private readonly Shop _shop = new();
    private readonly Gate _gate = new();
    private bool _rejects;

    public SlidingTests()
    {
        _shop.Options = static options => options.IdleTimeout = TimeSpan.FromDays(1);
        _shop.Cookie = options =>
        {
            options.ExpireTimeSpan = Lifetime;
            options.Events.OnValidatePrincipal = ValidateAsync;
        };
        _shop.Endpoints = app =>
        {
            app.MapGet("/wait", _gate.PassAsync);
            app.MapGet("/promote", static () => "promoted");
            app.MapGet("/promote-wait", _gate.PassAsync);
            app.MapGet("/poll", static (HttpContext context) => context.User.Identity?.Name ?? "-").DoNotExtendServerSession();
            app.MapGet("/look", static (HttpContext context) => context.User.Identity?.Name ?? "-").ReadOnlyServerSession();
        };
    }

    public static TheoryData<bool> Places => [true, false];

    public void Dispose() => _shop.Dispose();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_ticket_that_is_used_is_prolonged_and_one_that_is_not_ends(bool inSession)
    {
        Keep(inSession);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada&persistent=true");
        for (var used = 0; used < 5; used++)
        {
            _shop.Time.Advance(MoreThanHalf);
            Assert.Equal("ada", await browser.TextAsync("/me"));
            Assert.Equal(_shop.Time.GetUtcNow() + Lifetime, browser.ExpiryOf(Shop.Ticket));
        }

        _shop.Time.Advance(Lifetime + TimeSpan.FromSeconds(1));

        Assert.Equal("-", await browser.TextAsync("/me"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task An_endpoint_that_does_not_extend_or_only_reads_does_not_prolong_the_ticket(bool inSession)
    {
        Keep(inSession);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        foreach (var path in (string[])["/poll", "/look"])
        {
            _shop.Time.Advance(TimeSpan.FromMinutes(29));
            Assert.Equal("ada", await browser.TextAsync(path));
        }

        _shop.Time.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal("-", await browser.TextAsync("/me"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_request_that_prolongs_the_ticket_does_not_undo_a_parallel_sign_out(bool inSession)
    {
        Keep(inSession);
        await using var site = await _shop.StartAsync();
        await using var other = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Time.Advance(MoreThanHalf);
        var copy = browser.Copy();

        var slow = browser.TextAsync("/wait");
        await _gate.Arrived;
        await copy.Copy().On(other).TextAsync("/sign-out");
        _gate.Open();
        await slow;

        Assert.Equal(("-", "-"), (await browser.TextAsync("/me"), await copy.On(other).TextAsync("/me")));
        Assert.Equal(0, await _shop.Store.Inner.LengthAsync());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_request_that_prolongs_the_ticket_does_not_bring_former_claims_back(bool inSession)
    {
        Keep(inSession);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Time.Advance(MoreThanHalf);

        var slow = browser.Copy().TextAsync("/wait");
        await _gate.Arrived;
        await browser.TextAsync("/promote");
        _gate.Open();
        await slow;

        Assert.Equal("admin", await browser.TextAsync("/role"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Renewed_claims_are_kept_although_a_parallel_request_has_prolonged_the_ticket(bool inSession)
    {
        Keep(inSession);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Time.Advance(MoreThanHalf);

        var slow = browser.Copy().TextAsync("/promote-wait");
        await _gate.Arrived;
        await browser.TextAsync("/me");
        _gate.Open();
        await slow;

        Assert.Equal("admin", await browser.TextAsync("/role"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_ticket_that_the_application_has_refused_is_not_prolonged(bool inSession)
    {
        Keep(inSession);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Time.Advance(MoreThanHalf);
        _rejects = true;
        Assert.Equal("-", await browser.TextAsync("/me"));
        _rejects = false;

        _shop.Time.Advance(Lifetime - MoreThanHalf + TimeSpan.FromSeconds(1));

        Assert.Equal("-", await browser.TextAsync("/me"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Thirty_two_requests_that_prolong_a_ticket_at_once_leave_it_valid(bool inSession)
    {
        Keep(inSession);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Time.Advance(MoreThanHalf);

        var seen = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => browser.Copy().TextAsync("/me")));

        Assert.All(seen, static name => Assert.Equal("ada", name));
        _shop.Time.Advance(MoreThanHalf);
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_sign_in_while_another_request_prolongs_the_former_ticket_stays(bool inSession)
    {
        Keep(inSession);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Time.Advance(MoreThanHalf);
        var former = browser.Copy();

        var slow = former.TextAsync("/wait");
        await _gate.Arrived;
        await browser.TextAsync("/sign-in?user=bob");
        _gate.Open();
        await slow;

        Assert.Equal(("bob", "-"), (await browser.TextAsync("/me"), await former.TextAsync("/me")));
    }

    private void Keep(bool inSession) =>
        _shop.Keep = inSession
            ? static authentication => authentication.KeepTicketsInServerSession()
            : static authentication => authentication.KeepTicketsInSessionStore();

    private Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (_rejects)
        {
            context.RejectPrincipal();
        }
        else if (context.Request.Path.StartsWithSegments("/promote") || context.Request.Path == "/promote-wait")
        {
            context.ReplacePrincipal(Shop.User("ada", "admin"));
            context.ShouldRenew = true;
        }

        return Task.CompletedTask;
    }
}
