using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace ServerSessions.Dashboard.Tests;

/// <summary>Who may open the dashboard.</summary>
public sealed class DashboardAccessTests
{
    [Fact]
    public async Task A_dashboard_without_a_policy_ends_the_start_of_the_application()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => DashboardApp.StartAsync(access: static _ => { }));
        Assert.Contains("RequireAuthorization", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_dashboard_starts_in_development_alone()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => DashboardApp.StartAsync(access: static map => map.AllowAnonymous()));
        await using var app = await DashboardApp.StartAsync(access: static map => map.AllowAnonymous(), environment: "Development");
        using var browser = app.NewBrowser();
        Assert.Contains("<h1>Overview</h1>", await browser.PageAsync("/ops/sessions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_page_and_no_asset_of_the_dashboard_is_for_anyone_but_an_operator()
    {
        await using var app = await DashboardApp.StartAsync();
        using var ops = app.NewBrowser("olga");
        var overview = await ops.PageAsync("/ops/sessions");
        var style = StyleSheetOf(overview);
        using var anonymous = app.NewBrowser();
        using var user = app.NewBrowser("user");
        foreach (var path in new[] { "/ops/sessions", style, "/ops/sessions/user/x", "/ops/sessions/session/x", "/ops/sessions/end/x" })
        {
            using var challenged = await anonymous.GetAsync(path);
            using var forbidden = await user.GetAsync(path);
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (challenged.StatusCode, forbidden.StatusCode));
        }

        foreach (var path in new[] { "/ops/sessions/search", "/ops/sessions/end/x" })
        {
            using var challenged = await anonymous.PostAsync(path);
            using var forbidden = await user.PostAsync(path);
            Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (challenged.StatusCode, forbidden.StatusCode));
        }
    }

    [Fact]
    public async Task A_page_is_in_no_cache_and_runs_nothing_and_its_stylesheet_is_kept_for_ever()
    {
        await using var app = await DashboardApp.StartAsync();
        using var ops = app.NewBrowser("olga");
        using var response = await ops.GetAsync("/ops/sessions");
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal(
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            Assert.Single(response.Headers.GetValues("Content-Security-Policy"))
        );
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" style=", page, StringComparison.OrdinalIgnoreCase);

        using var style = await ops.GetAsync(StyleSheetOf(page));
        Assert.Equal("public, max-age=31536000, immutable", style.Headers.CacheControl!.ToString());
        Assert.Equal("text/css", style.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Links_keep_the_path_base_and_lead_where_they_say()
    {
        await using var app = await DashboardApp.StartAsync(pathBase: "/shop");
        using var device = app.NewBrowser();
        using var signedIn = await device.PostAsync("/shop/in", ("user", "ada"), ("key", "a"), ("label", "Firefox"), ("method", "passkey"));
        using var ops = app.NewBrowser("olga");
        var overview = await ops.PageAsync("/shop/ops/sessions");
        Assert.StartsWith("/shop/ops/sessions/dashboard.", StyleSheetOf(overview), StringComparison.Ordinal);
        var (path, page) = await ops.SubmitAsync(overview, "subject", ("subject", "ada"));
        Assert.StartsWith("/shop/ops/sessions/user/", path, StringComparison.Ordinal);
        Assert.Contains("Firefox", await ops.PageAsync(Browser.LinkOf(page, "Firefox")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 360, "SampleInterval")]
    [InlineData(60, 1, "MaxSamples")]
    [InlineData(60, 10_001, "MaxSamples")]
    public async Task Options_out_of_range_end_the_start(int seconds, int samples, string named)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            DashboardApp.StartAsync(options => (options.SampleInterval, options.MaxSamples) = (TimeSpan.FromSeconds(seconds), samples))
        );
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private static string StyleSheetOf(string page) => page.Split("<link rel=\"stylesheet\" href=\"")[1].Split('"')[0];
}
