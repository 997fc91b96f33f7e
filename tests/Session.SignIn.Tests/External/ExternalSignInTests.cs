using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using ServerSessions.SignIn.Tests.Identity;

namespace ServerSessions.SignIn.Tests.External;

/// <summary>Sign-in at an OpenID provider on another site, with the SameSite rules of browsers.</summary>
public sealed partial class ExternalSignInTests : IAsyncLifetime
{
    private readonly Shop _shop = new();
    private readonly IdentityShop _identity = new();
    private Site _provider = null!;

    public async ValueTask InitializeAsync() => _provider = await LoginProvider.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _shop.Dispose();
        _identity.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_a_response_in_the_query_the_cart_is_kept_under_a_new_id(bool sessionsFirst)
    {
        await using var site = await StartAsync(OpenIdConnectResponseMode.Query, sessionsFirst);
        var browser = _shop.NewBrowser(site, _provider);
        await browser.TextAsync("/cart?add=a");
        var before = browser.Copy();

        Assert.Equal("ada", await browser.TextAsync("/login"));

        Assert.Equal(("a", "-"), (await browser.TextAsync("/cart"), await before.TextAsync("/cart")));
        var copy = browser.Copy();
        await browser.TextAsync("/sign-out");
        Assert.Equal(("-", "-"), (await browser.TextAsync("/me"), await copy.TextAsync("/me")));
    }

    [Fact]
    public async Task With_Identity_a_cross_site_form_post_keeps_the_cart()
    {
        _identity.Others = authentication => AddProvider(authentication, OpenIdConnectResponseMode.FormPost);
        await using var site = await _identity.StartAsync();
        var browser = _identity.NewBrowser(site, _provider);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await browser.TextAsync("/cart?add=a");
            var before = browser.Copy();

            Assert.Equal("ada", await FollowFormAsync(browser, "/external"));

            Assert.Equal(("a", "-"), (await browser.TextAsync("/cart"), await before.TextAsync("/cart")));
            await browser.TextAsync("/logout");
            Assert.Equal(("-", "-"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_cross_site_form_post_keeps_the_cart_of_the_session_whose_cookie_did_not_come_with_it(
        bool sessionsFirst,
        bool withFetchMetadata
    )
    {
        await using var site = await StartAsync(OpenIdConnectResponseMode.FormPost, sessionsFirst);
        var browser = _shop.NewBrowser(site, _provider);
        browser.SendsFetchMetadata = withFetchMetadata;
        await browser.TextAsync("/cart?add=a");
        var before = browser.Copy();

        Assert.Equal("ada", await FollowFormAsync(browser, "/login"));

        Assert.Equal(("ada", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
        Assert.Equal(("-", "-"), (await before.TextAsync("/me"), await before.TextAsync("/cart")));
        Assert.Equal(1, await CountSessionsAsync());
        var copy = browser.Copy();
        await browser.TextAsync("/sign-out");
        Assert.Equal(("-", "-"), (await browser.TextAsync("/me"), await copy.TextAsync("/me")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_every_request_gets_does_not_replace_the_visitors_at_a_cross_site_form_post(bool sessionsFirst)
    {
        _shop.Options = static options => options.SaveUninitialized = true;
        await using var site = await StartAsync(OpenIdConnectResponseMode.FormPost, sessionsFirst);
        var browser = _shop.NewBrowser(site, _provider);
        await browser.TextAsync("/cart?add=a");

        Assert.Equal("ada", await FollowFormAsync(browser, "/login"));

        Assert.Equal(("ada", "a"), (await browser.TextAsync("/me"), await browser.TextAsync("/cart")));
    }

    [Fact]
    public async Task A_cross_site_form_post_signs_a_visitor_without_a_session_in()
    {
        await using var site = await StartAsync(OpenIdConnectResponseMode.FormPost, sessionsFirst: true);
        var browser = _shop.NewBrowser(site, _provider);

        Assert.Equal("ada", await FollowFormAsync(browser, "/login"));

        Assert.Equal("ada", await browser.TextAsync("/me"));
        Assert.Equal(1, await CountSessionsAsync());
    }

    [Fact]
    public async Task The_cookie_of_a_form_post_signs_in_once_and_for_five_minutes_at_most()
    {
        await using var site = await StartAsync(OpenIdConnectResponseMode.FormPost, sessionsFirst: true);
        var (first, late) = (_shop.NewBrowser(site, _provider), _shop.NewBrowser(site, _provider));
        first.FollowsRedirects = late.FollowsRedirects = false;
        await FollowFormAsync(first, "/login");
        await FollowFormAsync(late, "/login");
        var copy = first.Copy();

        Assert.Equal(("ada", "-"), (await first.TextAsync("/me"), await copy.TextAsync("/me")));
        _shop.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(("ada", "-"), (await first.TextAsync("/me"), await late.TextAsync("/me")));
    }

    private async Task<int> CountSessionsAsync()
    {
        var count = 0;
        await foreach (var entry in _shop.Store.Inner.AllAsync())
        {
            count += System.Text.Encoding.UTF8.GetString(entry.Record.Payload.Span).Contains("__moved", StringComparison.Ordinal) ? 0 : 1;
        }

        return count;
    }

    private Task<Site> StartAsync(string responseMode, bool sessionsFirst)
    {
        _shop.Others = authentication => AddProvider(authentication, responseMode);
        _shop.SignInElsewhere(sessionsFirst);
        return _shop.StartAsync();
    }

    private void AddProvider(AuthenticationBuilder authentication, string responseMode) =>
        authentication.AddOpenIdConnect(
            "oidc",
            options =>
            {
                options.Authority = _provider.Address.ToString();
                options.ClientId = LoginProvider.Client;
                options.ResponseType = OpenIdConnectResponseType.Code;
                options.ResponseMode = responseMode;
                options.BackchannelHttpHandler = _provider.Handler;
                options.TokenValidationParameters.NameClaimType = "name";
            }
        );

    /// <summary>Begins a sign-in, and sends the form with which the provider's page returns.</summary>
    private async Task<string> FollowFormAsync(Browser browser, string path)
    {
        using var page = await browser.GetAsync(path);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Equal(_provider.Address.Host, page.RequestMessage!.RequestUri!.Host);
        var address = new Uri(WebUtility.HtmlDecode(FormAction().Match(html).Groups[1].Value));
        var fields = Input()
            .Matches(html)
            .Select(static match => (WebUtility.HtmlDecode(match.Groups[1].Value), WebUtility.HtmlDecode(match.Groups[2].Value)));
        using var response = await browser.PostFromAsync(page.RequestMessage.RequestUri, address, [.. fields]);
        Assert.True((int)response.StatusCode < 400, $"{response.StatusCode}");
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("action=\"([^\"]+)\"")]
    private static partial Regex FormAction();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Input();
}
