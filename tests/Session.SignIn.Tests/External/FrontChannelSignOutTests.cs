using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ServerSessions.SignIn.Tests.External;

/// <summary>
/// A sign-out at the provider, whose page loads <c>/signout-oidc?sid=…&amp;iss=…</c> of the application in a frame (OpenID Connect
/// Front-Channel Logout 1.0).
/// </summary>
public sealed class FrontChannelSignOutTests : IAsyncLifetime
{
    private readonly Shop _shop = new();
    private Site _provider = null!;

    public async ValueTask InitializeAsync() => _provider = await LoginProvider.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _shop.Dispose();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task With_both_cookies_SameSite_None_it_ends_the_session_of_the_browser_and_no_copy_of_the_cookies_signs_in(
        bool sessionsFirst,
        bool inSession
    )
    {
        _shop.Keep = inSession
            ? static authentication => authentication.KeepTicketsInServerSession()
            : static authentication => authentication.KeepTicketsInSessionStore();
        await using var site = await StartAsync(SameSiteMode.None, sessionsFirst);
        var (browser, other) = (await SignedInAsync(site), await SignedInAsync(site));
        var copy = browser.Copy();

        await SignOutAtProviderAsync(browser, site, LoginProvider.SessionId, _provider.Address.ToString());

        Assert.Equal(("-", "-"), (await browser.TextAsync("/me"), await copy.TextAsync("/me")));
        Assert.Equal("ada", await other.TextAsync("/me"));
    }

    [Theory]
    [InlineData("session-2-at-login.test", null)]
    [InlineData(null, null)]
    [InlineData(LoginProvider.SessionId, "https://other.test/")]
    public async Task Of_another_session_or_issuer_or_without_an_id_it_ends_nothing(string? sid, string? issuer)
    {
        await using var site = await StartAsync(SameSiteMode.None);
        var browser = await SignedInAsync(site);

        await SignOutAtProviderAsync(browser, site, sid, issuer ?? _provider.Address.ToString());

        Assert.Equal(("ada", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }

    [Fact]
    public async Task With_Lax_cookies_as_by_default_the_frame_has_none_and_the_user_stays_signed_in()
    {
        await using var site = await StartAsync(SameSiteMode.Lax);
        var browser = await SignedInAsync(site);
        var calls = _shop.Store.Calls.Length;

        await SignOutAtProviderAsync(browser, site, LoginProvider.SessionId, _provider.Address.ToString());

        Assert.Equal(calls, _shop.Store.Calls.Length);
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    private async Task SignOutAtProviderAsync(Browser browser, Site site, string? sid, string issuer)
    {
        var query = QueryString.Create((KeyValuePair<string, string?>[])[new("sid", sid), new("iss", issuer)]);
        using var response = await browser.FrameAsync(_provider.Address, new Uri(site.Address, $"/signout-oidc{query}"));
        Assert.Equal(200, (int)response.StatusCode);
    }

    private async Task<Browser> SignedInAsync(Site site)
    {
        var browser = _shop.NewBrowser(site, _provider);
        await browser.TextAsync("/cart?add=a");
        Assert.Equal("ada", await browser.TextAsync("/login"));
        return browser;
    }

    private Task<Site> StartAsync(SameSiteMode sameSite, bool sessionsFirst = true)
    {
        _shop.Options = options => options.Cookie.SameSiteAuto = sameSite == SameSiteMode.None;
        _shop.Cookie = options => options.Cookie.SameSite = sameSite;
        _shop.Others = authentication =>
            authentication.AddOpenIdConnect(
                "oidc",
                options =>
                {
                    options.Authority = _provider.Address.ToString();
                    options.ClientId = LoginProvider.Client;
                    options.ResponseType = OpenIdConnectResponseType.Code;
                    options.ResponseMode = OpenIdConnectResponseMode.Query;
                    options.BackchannelHttpHandler = _provider.Handler;
                    options.TokenValidationParameters.NameClaimType = "name";

                    // The handler drops the issuer, and compares it only if it is there.
                    options.ClaimActions.Remove("iss");
                }
            );
        _shop.SignInElsewhere(sessionsFirst);
        return _shop.StartAsync();
    }
}
