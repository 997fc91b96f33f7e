using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServerSessions.SignIn.Tests.Tickets;

/// <summary>
/// What an endpoint says about the session, and the rule for requests from other sites, hold for the ticket too, also if authentication
/// runs in front of the session middleware.
/// </summary>
public sealed class EndpointTests : IDisposable
{
    private static readonly Uri Elsewhere = new("https://elsewhere.test/page");

    private readonly Shop _shop = new();

    public static TheoryData<string> Orders => MiddlewareOrderTests.Orders;

    public void Dispose() => _shop.Dispose();

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_request_from_another_site_is_refused_without_a_call_of_the_store(string order)
    {
        await using var site = await StartCrossSiteAsync(order, SessionCrossSite.Refuse);
        var browser = await SignInAsync(site);

        using var response = await browser.PostFromAsync(Elsewhere, new Uri(site.Address, "/buy"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty(_shop.Store.Calls);
        using var own = await browser.PostAsync("/buy");
        Assert.Equal("ada buys", await own.Content.ReadAsStringAsync());
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_request_from_another_site_that_goes_on_without_its_session_has_no_user(string order)
    {
        await using var site = await StartCrossSiteAsync(order, SessionCrossSite.WithoutSession);
        var browser = await SignInAsync(site);

        using var response = await browser.PostFromAsync(Elsewhere, new Uri(site.Address, "/buy"));

        Assert.Equal("- buys", await response.Content.ReadAsStringAsync());
        Assert.Empty(_shop.Store.Calls);
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_form_of_another_site_is_accepted_by_an_endpoint_that_allows_it(string order)
    {
        await using var site = await StartCrossSiteAsync(order, SessionCrossSite.Refuse);
        var browser = await SignInAsync(site);

        using var response = await browser.PostFromAsync(Elsewhere, new Uri(site.Address, "/callback"));

        Assert.Equal("ada is back", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task An_endpoint_without_a_session_has_no_user_and_calls_no_store(string order)
    {
        _shop.Endpoints = static app => app.MapGet("/feed", (HttpContext context) => Name(context)).DisableServerSession();
        await using var site = await StartAsync(order);
        var browser = await SignInAsync(site);

        Assert.Equal("-", await browser.TextAsync("/feed"));

        Assert.Empty(_shop.Store.Calls);
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_sign_in_at_an_endpoint_without_a_session_fails_and_names_the_metadata(string order)
    {
        _shop.Endpoints = static app =>
            app.MapGet("/late", static (HttpContext context) => context.SignInAsync(Shop.User("eve"))).DisableServerSession();
        await using var site = await StartAsync(order);
        var browser = await SignInAsync(site);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => browser.GetAsync("/late"));

        Assert.Contains("DisableServerSession", refused.Message, StringComparison.Ordinal);
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_read_only_endpoint_has_its_user_and_cannot_write(string order)
    {
        _shop.Endpoints = static app =>
        {
            app.MapGet("/look", (HttpContext context) => Name(context)).ReadOnlyServerSession();
            app.MapGet("/touch", static (ServerSession session) => session.Set("cart", "b")).ReadOnlyServerSession();
        };
        await using var site = await StartAsync(order);
        var browser = await SignInAsync(site);

        Assert.Equal("ada", await browser.TextAsync("/look"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => browser.GetAsync("/touch"));

        Assert.DoesNotContain("set", _shop.Store.Calls);
        Assert.Equal("a", await browser.TextAsync("/cart"));
    }

    [Fact]
    public async Task Metadata_that_authentication_in_front_of_routing_did_not_see_is_an_error_that_says_the_order()
    {
        _shop.Pipeline = static app =>
        {
            app.UseAuthentication();
            app.UseRouting();
            app.UseServerSessions();
        };
        _shop.Endpoints = static app => app.MapGet("/feed", (HttpContext context) => Name(context)).DisableServerSession();
        await using var site = await _shop.StartAsync();
        var browser = await SignInAsync(site);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => browser.GetAsync("/feed"));

        Assert.Contains("Call app.UseRouting() first", refused.Message, StringComparison.Ordinal);
        Assert.Equal("ada", await browser.TextAsync("/me"));
    }

    [Fact]
    public async Task A_session_that_authentication_has_begun_does_not_stand_for_the_session_middleware()
    {
        _shop.Pipeline = static app => app.UseAuthentication();
        _shop.Endpoints = static app =>
        {
            app.MapGet("/enter", static (HttpContext context) => context.SignInAsync(Shop.User("ada")));
            app.MapGet("/mine", static () => "mine").RequireServerSession();
        };
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/enter");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => browser.GetAsync("/mine"));

        Assert.Contains("the session middleware has not run", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nor_does_the_application_get_that_session()
    {
        _shop.Pipeline = static app => app.UseAuthentication();
        _shop.Endpoints = static app =>
            app.MapGet("/enter", static (HttpContext context) => context.SignInAsync(Shop.User("ada")));
        await using var site = await _shop.StartAsync();
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/enter");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => browser.GetAsync("/cart"));

        Assert.Contains("Server sessions are not set up for this request", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_at_an_endpoint_that_can_only_read_fails()
    {
        _shop.Endpoints = static app =>
            app.MapGet("/late", static (HttpContext context) => context.SignInAsync(Shop.User("eve"))).ReadOnlyServerSession();
        await using var site = await _shop.StartAsync();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _shop.NewBrowser(site).GetAsync("/late"));

        Assert.Contains("ReadOnlyServerSession", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tickets_and_sessions_that_are_chosen_by_request_stop_the_start()
    {
        _shop.Pipeline = static app => app.UseServerSessions(static _ => "");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _shop.StartAsync());

        Assert.Contains("a ticket of one tenant would be valid for another", refused.Message, StringComparison.Ordinal);
    }

    private static string Name(HttpContext context) => context.User.Identity?.Name ?? "-";

    private async Task<Browser> SignInAsync(Site site)
    {
        var browser = _shop.NewBrowser(site);
        await browser.TextAsync("/cart?add=a");
        await browser.TextAsync("/sign-in?user=ada");
        _shop.Store.Forget();
        return browser;
    }

    /// <summary>Starts a site whose cookies other sites send along, so that nothing but the rule stops them.</summary>
    private Task<Site> StartCrossSiteAsync(string order, SessionCrossSite rule)
    {
        _shop.Options = options =>
        {
            options.CrossSite = rule;
            options.Cookie.SameSite = SameSiteMode.None;
            options.Cookie.Secure = SessionCookieSecure.Always;
        };
        _shop.Cookie = static options => options.Cookie.SameSite = SameSiteMode.None;
        _shop.Endpoints = static app =>
        {
            app.MapPost("/buy", (HttpContext context) => $"{Name(context)} buys");
            app.MapPost("/callback", (HttpContext context) => $"{Name(context)} is back").CrossSiteServerSession(SessionCrossSite.Allow);
        };
        return StartAsync(order);
    }

    private Task<Site> StartAsync(string order)
    {
        _shop.Pipeline = app => _ = order switch
        {
            "sessions first" => app.UseServerSessions().UseAuthentication(),
            "authentication first" => app.UseAuthentication().UseServerSessions(),
            _ => app.UseServerSessions(),
        };
        return _shop.StartAsync();
    }
}
