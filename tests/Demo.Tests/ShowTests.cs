using System.Net;
using System.Text.Json;

namespace Demo.Tests;

/// <summary>What the pages of the demo show is so, over HTTP.</summary>
/// <remarks>
/// The tests share a demo and run in any order. What a test counts, sessions of a user or rows, it counts of a user of its own.
/// </remarks>
public sealed class ShowTests(RunningDemo demo) : IClassFixture<RunningDemo>
{
    [Fact]
    public async Task Of_forty_parallel_clicks_of_two_tabs_each_gets_a_number_of_its_own()
    {
        using var first = demo.NewBrowser();
        await first.CountAsync();
        using var second = first.MoveTo(demo.Address);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 40).Select(click => ClickAsync(click % 2 == 0 ? first : second)));

        Assert.Equal(Enumerable.Range(2, 40), numbers.Order());
        var page = await first.GetAsync("/tabs");
        var (clicks, bySet) = Browser.CountsOf(page);
        Assert.Equal(41, clicks);
        Assert.InRange(bySet, 2, 40);
        Assert.Contains(bySet == 40 ? "lost 1 click." : $"lost {41 - bySet} clicks.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_click_of_a_script_begins_no_session()
    {
        using var browser = demo.NewBrowser();
        using var refused = await browser.SendAsync(HttpMethod.Post, "/tabs/click");
        Assert.Equal((HttpStatusCode.Unauthorized, null), (refused.StatusCode, browser.Cookie));
    }

    [Fact]
    public async Task A_slow_request_that_saves_after_the_sign_out_brings_nothing_back()
    {
        using var first = demo.NewBrowser();
        await first.PostAsync("/sign-in", ("user", "Grace"));
        using var second = first.MoveTo(demo.Address);

        var slow = second.PostAsync("/slow");
        await Bounded.UntilAsync(
            async () => (await first.GetAsync("/session")).Contains("under way", StringComparison.Ordinal),
            "the slow request",
            TestContext.Current.CancellationToken
        );
        Assert.Contains("You are signed out", await first.PostAsync("/sign-out"), StringComparison.Ordinal);

        var page = await slow.WithinBoundAsync("the response to the slow request");
        Assert.Contains("<h1>The sign-out stays</h1>", page, StringComparison.Ordinal);
        Assert.Contains("not signed in", page, StringComparison.Ordinal);
        Assert.Contains("nothing is stored", await second.GetAsync("/session"), StringComparison.Ordinal);
        Assert.Equal(0L, demo.Database.Query<long>("SELECT count(*) FROM sessions WHERE sess LIKE '%Grace%' OR sess LIKE '%slow%'"));
    }

    [Fact]
    public async Task A_slow_request_without_a_sign_out_is_saved_and_its_page_can_be_loaded_again_without_a_new_one()
    {
        using var database = new DatabaseFile();
        await using var own = await DemoProcess.StartAsync(database.Path, "--Demo:SlowRequest", "00:00:00");
        using var browser = own.NewBrowser();
        await browser.PostAsync("/sign-in", ("user", "Ada"));

        using var response = await browser.SendAsync(HttpMethod.Post, "/slow");

        Assert.Contains("Saved, and no sign-out came", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("saved late", await browser.GetAsync("/session"), StringComparison.Ordinal);
        var shown = response.RequestMessage!;
        Assert.Equal(HttpMethod.Get, shown.Method);
        Assert.Contains("no sign-out came", await browser.GetAsync(shown.RequestUri!.PathAndQuery), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65, "This name has 65 characters. Enter one of at most 64.")]
    [InlineData(10_000, "This name has 10000 characters. Enter one of at most 64.")]
    [InlineData(0, "Enter a name.")]
    public async Task A_name_that_does_not_do_is_shown_again_with_the_reason(int length, string reason)
    {
        using var browser = demo.NewBrowser();
        var name = new string('é', length);

        var page = await RefusedAsync(browser, name);

        Assert.Contains(reason, page, StringComparison.Ordinal);
        Assert.Contains($"value=\"{name}\"", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Null(browser.Cookie);
    }

    [Fact]
    public async Task A_refused_name_is_markup_of_no_page_and_leaves_a_user_signed_in()
    {
        using var browser = demo.NewBrowser();
        await browser.PostAsync("/sign-in", ("user", "Ada"));

        var page = await RefusedAsync(browser, "\"><b>\nMallory");

        Assert.Contains("a line break or another control character", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\"><b>", page, StringComparison.Ordinal);
        Assert.Contains("signed in as <b>Ada</b>", page, StringComparison.Ordinal);
        Assert.Contains("signed in as <b>Ada</b>", await browser.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_of_64_characters_is_taken()
    {
        using var browser = demo.NewBrowser();
        var name = new string('a', 64);
        Assert.Contains($"Welcome, {name}.", await browser.PostAsync("/sign-in", ("user", $" {name} ")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_sees_the_devices_ends_one_and_then_all_others()
    {
        using var here = demo.NewBrowser();
        Assert.Contains("Sign in</a> first", await here.GetAsync("/devices"), StringComparison.Ordinal);
        await here.PostAsync("/sign-in", ("user", "Judy"));
        var others = new List<Browser>();
        for (var i = 0; i < 3; i++)
        {
            others.Add(demo.NewBrowser());
            await others[i].PostAsync("/sign-in", ("user", "Judy"));
        }

        using var bob = demo.NewBrowser();
        await bob.PostAsync("/sign-in", ("user", "Bob"));

        var page = await here.GetAsync("/devices");
        Assert.Equal(4, page.Split("session-devices-item").Length - 1);
        page = await here.SubmitAsync(page, "End session on");
        Assert.Contains("The session is ended.", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("session-devices-item").Length - 1);
        page = await here.SubmitAsync(page, "Sign out everywhere else");
        Assert.Contains("You are signed out everywhere else.", page, StringComparison.Ordinal);
        Assert.Contains("This device", page, StringComparison.Ordinal);

        var pages = await Task.WhenAll(others.Select(static other => other.GetAsync("/")));
        Assert.All(pages, static page => Assert.Contains("not signed in", page, StringComparison.Ordinal));
        Assert.Contains("signed in as <b>Bob</b>", await bob.GetAsync("/"), StringComparison.Ordinal);
        Assert.Contains("signed out: the session", await here.SubmitAsync(page, "Sign out"), StringComparison.Ordinal);
        others.ForEach(static other => other.Dispose());
    }

    [Fact]
    public async Task While_the_store_is_away_a_session_is_a_503_and_afterwards_it_is_there_again()
    {
        using var database = new DatabaseFile();
        await using var own = await DemoProcess.StartInDevelopmentAsync(database.Path);
        using var browser = own.NewBrowser();
        await browser.PostAsync("/sign-in", ("user", "Ada"));
        var page = await browser.SubmitAsync(await browser.GetAsync("/store"), "/store/away");
        Assert.Contains("is taken <b>away</b>", page, StringComparison.Ordinal);

        using var away = await browser.SendAsync(HttpMethod.Get, "/devices?a=1&b=2");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (away.StatusCode, away.Headers.RetryAfter?.ToString()));
        var error = await away.Content.ReadAsStringAsync();
        Assert.Contains("""<a class="button" href="/devices?a=1&amp;b=2">Try again</a>""", error, StringComparison.Ordinal);
        Assert.Contains("wait 5 seconds", error, StringComparison.Ordinal);
        Assert.Contains("Go to the switch", error, StringComparison.Ordinal);
        using var form = await browser.SendAsync(HttpMethod.Post, "/sign-out");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, form.StatusCode);
        var unknown = await form.Content.ReadAsStringAsync();
        Assert.Contains("It may have been carried out or not", unknown, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing is lost", unknown, StringComparison.Ordinal);

        page = await browser.SubmitAsync(await browser.GetAsync("/store"), "/store/back");
        Assert.Contains("The demo <b>uses</b> the store", page, StringComparison.Ordinal);
        Assert.Contains("signed in as <b>Ada</b>", await browser.GetAsync("/devices"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_of_development_there_is_no_switch()
    {
        using var browser = demo.NewBrowser();
        await browser.CountAsync();
        using var away = await browser.SendAsync(HttpMethod.Post, "/store/away");
        Assert.Equal(HttpStatusCode.NotFound, away.StatusCode);
        Assert.Contains("in development alone", await browser.GetAsync("/store"), StringComparison.Ordinal);
        Assert.Equal(2, await browser.CountAsync());
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_take_the_store_away()
    {
        using var database = new DatabaseFile();
        await using var own = await DemoProcess.StartInDevelopmentAsync(database.Path);
        using var browser = own.NewBrowser();
        using var away = await browser.SendAsync(HttpMethod.Post, "/store/away", null, ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.Forbidden, away.StatusCode);
        Assert.Contains("The demo <b>uses</b> the store", await browser.GetAsync("/store"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_switch_takes_no_form_without_its_token()
    {
        using var database = new DatabaseFile();
        await using var own = await DemoProcess.StartInDevelopmentAsync(database.Path);
        using var browser = own.NewBrowser();
        await browser.GetAsync("/store");
        using var away = await browser.SendAsync(HttpMethod.Post, "/store/away");
        Assert.Equal(HttpStatusCode.Forbidden, away.StatusCode);
        Assert.Contains("The demo <b>uses</b> the store", await browser.GetAsync("/store"), StringComparison.Ordinal);
    }

    private static async Task<int> ClickAsync(Browser browser)
    {
        using var response = await browser.SendAsync(HttpMethod.Post, "/tabs/click");
        response.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("clicks").GetInt32();
    }

    private static async Task<string> RefusedAsync(Browser browser, string name)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("user", name)]);
        using var response = await browser.SendAsync(HttpMethod.Post, "/sign-in", form);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
