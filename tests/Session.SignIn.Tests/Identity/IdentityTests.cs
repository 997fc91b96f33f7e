using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.SignIn.Tests.Identity;

/// <summary>ASP.NET Core Identity, whose application ticket the session keeps.</summary>
public sealed class IdentityTests : IDisposable
{
    private readonly IdentityShop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_login_keeps_the_cart_under_a_new_id_and_a_logout_ends_both()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        var before = browser.Copy();

        Assert.Equal("Succeeded", await browser.TextAsync("/login?user=ada"));
        Assert.Equal(("ada", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
        Assert.Equal("-", await before.TextAsync("/cart"));
        Assert.InRange(browser[IdentityShop.Ticket]!.Length, 100, 500);

        var copy = browser.Copy();
        await browser.TextAsync("/logout");
        Assert.Equal(("-", "-", "-"), (await browser.TextAsync("/me"), await copy.TextAsync("/me"), await copy.TextAsync("/cart")));
    }

    [Fact]
    public async Task A_new_security_stamp_ends_the_session_at_the_next_validation()
    {
        await using var site = await _shop.StartAsync();
        await using var other = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/login?user=ada");
        await browser.TextAsync("/cart?add=a");
        await _shop.NewBrowser(other).TextAsync("/stamp?user=ada");
        Assert.Equal("ada", await browser.TextAsync("/me"));
        var copy = browser.Copy();
        _shop.Time.Advance(TimeSpan.FromMinutes(31));

        // In one request: refused, signed out, and the cart of the anonymous visitor is another one.
        Assert.Equal("-", await browser.TextAsync("/cart"));

        Assert.Equal(("-", "-", "-"), (await browser.TextAsync("/me"), await copy.TextAsync("/me"), await copy.TextAsync("/cart")));
    }

    [Fact]
    public async Task A_new_security_stamp_is_noticed_by_an_endpoint_that_only_reads_and_the_next_request_ends_the_session()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/login?user=ada");
        await _shop.NewBrowser(site).TextAsync("/stamp?user=ada");
        _shop.Time.Advance(TimeSpan.FromMinutes(31));
        var copy = browser.Copy();

        Assert.Equal(("-", "-"), (await browser.TextAsync("/poll"), await copy.Copy().TextAsync("/poll")));
        Assert.NotEqual(0, await _shop.Store.Inner.LengthAsync());

        Assert.Equal("-", await copy.TextAsync("/me"));
        Assert.Equal(0, await _shop.Store.Inner.LengthAsync());
    }

    [Fact]
    public async Task A_validation_of_the_security_stamp_keeps_a_valid_user_signed_in()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/login?user=ada");
        await browser.TextAsync("/cart?add=a");
        for (var validated = 0; validated < 3; validated++)
        {
            _shop.Time.Advance(TimeSpan.FromMinutes(31));
            Assert.Equal("ada", await browser.TextAsync("/me"));
        }

        Assert.Equal("a", await browser.TextAsync("/cart"));
    }

    [Fact]
    public async Task A_refreshed_sign_in_keeps_the_session_under_a_new_id()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/login?user=ada");
        await browser.TextAsync("/cart?add=a");
        var before = browser.Copy();
        await browser.TextAsync("/stamp?user=ada");

        await browser.TextAsync("/refresh");
        _shop.Time.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal(("ada", "a", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart"), await before.TextAsync("/me")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_factor_signs_in_and_keeps_the_cart(bool stepInSession)
    {
        if (stepInSession)
        {
            _shop.Keep = static authentication =>
                authentication.KeepTicketsInServerSession(IdentityConstants.ApplicationScheme, IdentityConstants.TwoFactorUserIdScheme);
        }

        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/two-factor?user=bob");
        await browser.TextAsync("/cart?add=a");
        Assert.Equal("RequiresTwoFactor", await browser.TextAsync("/login?user=bob"));
        Assert.Equal("-", await browser.TextAsync("/me"));
        var payload = Encoding.UTF8.GetString((await _shop.Store.TheOnlySessionAsync()).Payload.Span);
        Assert.Equal(stepInSession, payload.Contains(IdentityConstants.TwoFactorUserIdScheme, StringComparison.Ordinal));

        Assert.Equal("Succeeded", await browser.TextAsync("/code"));

        Assert.Equal(("bob", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
        Assert.Equal("Failed", await browser.TextAsync("/code"));
    }

    [Fact]
    public async Task A_login_as_another_user_does_not_get_the_cart_of_the_former()
    {
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/login?user=ada");
        await browser.TextAsync("/cart?add=a");

        await browser.TextAsync("/login?user=bob");

        Assert.Equal(("bob", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }
}
