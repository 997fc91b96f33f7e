using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>Sign-in and sign-out with a ticket that the session keeps.</summary>
public sealed class SessionTicketTests : IDisposable
{
    private readonly Shop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_sign_in_gives_the_session_a_new_id_and_keeps_its_data()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        var before = browser.Copy();

        await browser.TextAsync("/sign-in?user=ada");

        Assert.NotEqual(before[Shop.Session], browser[Shop.Session]);
        Assert.Equal(("ada", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
        Assert.Equal(("-", "-"), (await before.TextAsync("/me"), await before.TextAsync("/cart")));
    }

    [Fact]
    public async Task The_authentication_cookie_has_no_claim_and_does_not_grow_with_them()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);

        await browser.TextAsync($"/sign-in?user=ada&role={new string('x', 20_000)}");

        Assert.InRange(browser[Shop.Ticket]!.Length, 100, 500);
        Assert.Equal(20_000, (await browser.TextAsync("/role")).Length);
    }

    [Fact]
    public async Task A_session_id_that_was_planted_before_the_sign_in_is_worthless_after_it()
    {
        await using var site = await _shop.StartAsync();
        var attacker = _shop.NewBrowser(site);
        await attacker.TextAsync("/cart?add=bait");
        var victim = _shop.NewBrowser(site);
        victim[Shop.Session] = attacker[Shop.Session];

        await victim.TextAsync("/sign-in?user=ada");

        Assert.Equal("ada", await victim.TextAsync("/me"));
        attacker[Shop.Ticket] = victim[Shop.Ticket];
        Assert.Equal(("-", "-"), (await attacker.TextAsync("/me"), await attacker.TextAsync("/cart")));
    }

    [Fact]
    public async Task A_copied_authentication_cookie_is_worthless_without_the_session_of_its_browser()
    {
        await using var site = await _shop.StartAsync();
        var ada = _shop.NewBrowser(site);
        await ada.TextAsync("/sign-in?user=ada");
        var alone = _shop.NewBrowser(site);
        alone[Shop.Ticket] = ada[Shop.Ticket];
        var eve = _shop.NewBrowser(site);
        await eve.TextAsync("/sign-in?user=eve");
        eve[Shop.Ticket] = ada[Shop.Ticket];

        Assert.Equal(("-", "-"), (await alone.TextAsync("/me"), await eve.TextAsync("/me")));
        Assert.Equal("ada", await ada.TextAsync("/me"));
    }

    [Fact]
    public async Task Copies_of_both_cookies_are_worthless_after_the_sign_out()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        await browser.TextAsync("/sign-in?user=ada");
        var copy = browser.Copy();
        Assert.Equal("ada", await copy.TextAsync("/me"));

        await browser.TextAsync("/sign-out");

        Assert.Equal((null, null), (browser[Shop.Session], browser[Shop.Ticket]));
        Assert.Equal(("-", "-"), (await copy.TextAsync("/me"), await copy.TextAsync("/cart")));
    }

    [Theory]
    [InlineData("the application destroys it")]
    [InlineData("another instance destroys it")]
    [InlineData("the application begins an empty one")]
    [InlineData("its record is removed from the store")]
    [InlineData("the store is cleared")]
    [InlineData("it expires")]
    public async Task A_session_that_ends_signs_out(string how)
    {
        _shop.Options = static options => options.IdleTimeout = TimeSpan.FromMinutes(20);
        await using var site = await _shop.StartAsync();
        await using var other = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        var copy = browser.Copy();

        switch (how)
        {
            case "the application destroys it":
                await browser.TextAsync("/destroy");
                break;
            case "another instance destroys it":
                await browser.On(other).TextAsync("/destroy");
                break;
            case "the application begins an empty one":
                await browser.TextAsync("/regenerate");
                break;
            case "its record is removed from the store":
                await _shop.Store.DestroyAsync(Uri.UnescapeDataString(browser[Shop.Session]!)[2..].Split('.')[0]);
                break;
            case "the store is cleared":
                await _shop.Store.Inner.ClearAsync();
                break;
            default:
                _shop.Time.Advance(TimeSpan.FromMinutes(20));
                break;
        }

        Assert.Equal("-", await browser.TextAsync("/me"));
        Assert.Equal("-", await copy.On(other).TextAsync("/me"));
    }

    [Fact]
    public async Task A_sign_in_as_another_user_begins_an_empty_session_and_one_as_the_same_user_keeps_the_data()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/cart?add=a");

        await browser.TextAsync("/sign-in?user=ada");
        Assert.Equal(("ada", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));

        await browser.TextAsync("/sign-in?user=bob");
        Assert.Equal(("bob", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }

    [Fact]
    public async Task Users_of_two_providers_with_the_same_identifier_are_two_users()
    {
        _shop.Endpoints = static app =>
            app.MapGet("/by", static (HttpContext context, string issuer) =>
                context.SignInAsync(new(new ClaimsIdentity([new Claim("sub", "1", null, issuer)], "Cookies", "sub", "role")))
            );
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/by?issuer=one");
        await browser.TextAsync("/cart?add=a");

        await browser.TextAsync("/by?issuer=one");
        Assert.Equal("a", await browser.TextAsync("/cart"));
        await browser.TextAsync("/by?issuer=other");
        Assert.Equal("-", await browser.TextAsync("/cart"));
    }

    [Theory]
    [InlineData("ada", "a")]
    [InlineData("bob", "-")]
    public async Task After_the_ticket_has_expired_only_its_user_gets_the_data_of_the_session(string user, string cart)
    {
        _shop.Cookie = static options => options.ExpireTimeSpan = TimeSpan.FromMinutes(30);
        _shop.Options = static options => options.IdleTimeout = TimeSpan.FromDays(1);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/cart?add=a");

        _shop.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal("-", await browser.TextAsync("/me"));
        await browser.TextAsync($"/sign-in?user={user}");

        Assert.Equal((user, cart), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }

    [Fact]
    public async Task A_sign_out_after_the_ticket_has_expired_still_ends_the_session()
    {
        _shop.Cookie = static options => options.ExpireTimeSpan = TimeSpan.FromMinutes(30);
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/cart?add=a");
        var copy = browser.Copy();
        _shop.Time.Advance(TimeSpan.FromMinutes(31));

        await browser.TextAsync("/sign-out");

        Assert.Equal("-", await copy.TextAsync("/cart"));
    }

    [Fact]
    public async Task A_sign_out_of_a_visitor_who_is_not_signed_in_keeps_the_cart()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");

        await browser.TextAsync("/sign-out");

        Assert.Equal("a", await browser.TextAsync("/cart"));
    }

    [Fact]
    public async Task After_a_sign_out_the_same_request_can_begin_another_session()
    {
        _shop.Endpoints = static app =>
            app.MapGet("/leave", static async (HttpContext context) =>
            {
                await context.SignOutAsync();
                var session = context.GetServerSession();
                var left = session.Get<string>("cart") ?? "-";
                session.Set("message", "see you");
                return left;
            });
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        await browser.TextAsync("/sign-in?user=ada");
        var copy = browser.Copy();

        Assert.Equal("-", await browser.TextAsync("/leave"));

        Assert.Equal(("-", "message"), (await browser.TextAsync("/me"), await browser.TextAsync("/keys")));
        Assert.Equal(("-", ""), (await copy.TextAsync("/me"), await copy.TextAsync("/keys")));
    }

    [Fact]
    public async Task A_sign_in_after_a_sign_out_in_one_request_begins_a_session_without_the_data()
    {
        _shop.Endpoints = static app =>
            app.MapGet("/switch", static async (HttpContext context) =>
            {
                await context.SignOutAsync();
                await context.SignInAsync(Shop.User("bob"));
            });
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        await browser.TextAsync("/cart?add=a");
        var copy = browser.Copy();

        await browser.TextAsync("/switch");

        Assert.Equal(("bob", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
        Assert.Equal(("-", "-"), (await copy.TextAsync("/me"), await copy.TextAsync("/cart")));
    }

    [Fact]
    public async Task A_sign_out_after_a_sign_in_in_one_request_ends_the_session()
    {
        _shop.Endpoints = static app =>
            app.MapGet("/twice", static async (HttpContext context) =>
            {
                await context.SignInAsync(Shop.User("bob"));
                await context.SignOutAsync();
            });
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        var copy = browser.Copy();

        await browser.TextAsync("/twice");

        Assert.Equal(("-", "-"), (await browser.TextAsync("/me"), await copy.TextAsync("/me")));
        Assert.Equal(0, await _shop.Store.Inner.LengthAsync());
    }

    [Fact]
    public async Task A_sign_in_after_the_application_has_destroyed_the_session_begins_another()
    {
        _shop.Endpoints = static app =>
            app.MapGet("/fresh", static async (HttpContext context) =>
            {
                await context.GetServerSession().DestroyAsync();
                await context.SignInAsync(Shop.User("bob"));
            });
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");

        await browser.TextAsync("/fresh");

        Assert.Equal(("bob", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }

    [Fact]
    public async Task A_sign_in_whose_session_cannot_be_stored_is_an_error_and_signs_nobody_in()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        _shop.Store.Before = static call => call == "set" ? throw new TimeoutException("Away.") : Task.CompletedTask;

        using var response = await browser.GetAsync("/sign-in?user=ada");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal((null, null), (browser[Shop.Session], browser[Shop.Ticket]));
    }

    [Fact]
    public async Task A_sign_out_that_cannot_be_stored_is_an_error_and_the_browser_keeps_its_cookies()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Store.Before = static call => call == "destroy" ? throw new TimeoutException("Away.") : Task.CompletedTask;

        using var response = await browser.GetAsync("/sign-out");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        _shop.Store.Before = static _ => Task.CompletedTask;
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }
}
