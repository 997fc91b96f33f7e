using PuppeteerSharp;

namespace Demo.Tests;

/// <summary>The pages of the demo in a browser, with their script.</summary>
public sealed class ShowInChromiumTests : IDisposable
{
    private const string Status = "document.querySelector('[role=status]').textContent";

    private const string AllArrived = "All 20 clicks of this tab have arrived, and UpdateAsync gave 20 different numbers.";

    private readonly DatabaseFile _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Two_tabs_click_at_the_same_moment_and_all_clicks_arrive()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var demo = await DemoProcess.StartAsync(_database.Path);
        var stops = new List<string>();
        await using var first = await PageLook.NewPageAsync(chromium, stops);
        await GoAsync(first, demo, "tabs");
        await PressAsync(first, "Click once");
        await using var second = await PageLook.NewPageAsync(chromium, stops);
        await GoAsync(second, demo, "tabs");

        await second.ClickAsync("#burst").WithinBoundAsync("the click");
        foreach (var tab in (IPage[])[first, second])
        {
            await tab.BringToFrontAsync();
            await tab.WaitForExpressionAsync($"{Status} === '{AllArrived}'").WithinBoundAsync("the clicks of a tab");
            Assert.Equal(40, await tab.EvaluateExpressionAsync<int>("document.querySelectorAll('.numbers span').length"));
        }

        await GoAsync(first, demo, "tabs");
        Assert.Equal("41", await TextAsync(first, "#counts .count"));
        Assert.Empty(stops);
    }

    [Fact]
    public async Task A_sign_out_in_one_tab_stays_when_the_slow_request_of_the_other_ends()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var demo = await DemoProcess.StartAsync(_database.Path, "--Demo:SlowRequest", "00:00:03");
        await using var first = await SignInAsync(chromium, demo);
        await using var second = await PageLook.NewPageAsync(chromium, []);
        await GoAsync(second, demo, "slow");
        var ended = second.WaitForNavigationAsync();
        await ClickAsync(second, "Start it");
        using var copy = await BrowserOfAsync(first, demo);
        await Bounded.UntilAsync(
            async () => (await copy.GetAsync("/session")).Contains("under way", StringComparison.Ordinal),
            "the first save of the slow request",
            TestContext.Current.CancellationToken
        );
        await copy.PostAsync("/sign-out");

        await ended.WithinBoundAsync("the end of the slow request");
        Assert.Equal("The sign-out stays", await TextAsync(second, "h1"));
        await PressAsync(second, "See what is left of the session");
        Assert.Equal("not signed in", await TextAsync(second, ".who"));
        await GoAsync(first, demo, "devices");
        Assert.Equal("not signed in", await TextAsync(first, ".who"));
    }

    [Fact]
    public async Task The_page_of_the_503_leads_to_the_switch_and_back_to_the_session()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var demo = await DemoProcess.StartInDevelopmentAsync(_database.Path);
        await using var page = await SignInAsync(chromium, demo);
        await GoAsync(page, demo, "store");
        await PressAsync(page, "Take the store away");
        await PressAsync(page, "Look at your session");
        Assert.Equal("The session store is away", await TextAsync(page, "h1"));
        await PressAsync(page, "Try again");
        Assert.Equal("The session store is away", await TextAsync(page, "h1"));
        await PressAsync(page, "Go to the switch of the store");
        await PressAsync(page, "Bring the store back");
        await GoAsync(page, demo, "session");
        Assert.Equal("signed in as Ada", await TextAsync(page, ".who"));
    }

    [Fact]
    public async Task Every_page_can_be_read_and_used_on_a_desktop_and_a_phone_in_light_and_dark()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var demo = await DemoProcess.StartInDevelopmentAsync(_database.Path, "--Demo:SlowRequest", "00:00:00");
        var (stops, found) = (new List<string>(), new List<string>());
        await using var page = await PageLook.NewPageAsync(chromium, stops);
        async Task LookAsync(string name, string? path = null)
        {
            if (path is not null)
            {
                await GoAsync(page, demo, path);
            }

            found.AddRange(await PageLook.LookAsync(page, name));
        }

        await LookAsync("home", "");
        await LookAsync("tabs-begin", "tabs");
        await LookAsync("devices-signed-out", "devices");
        await LookAsync("session-none", "session");
        await LookAsync("not-found", "nowhere");
        await LookAsync("sign-in", "sign-in");
        Assert.Equal("Sign-in", await TextAsync(page, "nav a[aria-current]"));
        await page.EvaluateExpressionAsync("document.querySelector('#user').value = 'Ada '.repeat(30)");
        await PressAsync(page, "Sign in");
        Assert.Equal("This name has 119 characters. Enter one of at most 64.", await TextAsync(page, "[role=alert]"));
        await LookAsync("sign-in-refused");
        await page.EvaluateExpressionAsync("document.querySelector('#user').value = 'Ada'");
        await PressAsync(page, "Sign in");
        await LookAsync("signed-in");
        await GoAsync(page, demo, "tabs");
        await PressAsync(page, "Click once");
        await page.ClickAsync("#burst");
        await page.WaitForExpressionAsync("!document.querySelector('#burst').disabled && !document.querySelector('#burst-numbers').hidden")
            .WithinBoundAsync("the clicks");
        await LookAsync("tabs");
        await LookAsync("slow", "slow");
        await PressAsync(page, "Start it");
        await LookAsync("slow-saved");
        await page.ReloadAsync().WithinBoundAsync("the page of the slow request again");
        Assert.Equal("Saved, and no sign-out came", await TextAsync(page, "h1"));
        using var phone = demo.NewBrowser();
        await phone.PostAsync("/sign-in", ("user", "Ada"));
        await LookAsync("devices", "devices");
        await PressAsync(page, "Sign out everywhere else");
        await LookAsync("devices-ended");
        await LookAsync("session", "session");
        await LookAsync("store", "store");
        await PressAsync(page, "Take the store away");
        await LookAsync("store-away");
        await LookAsync("503", "tabs");

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Empty(stops);
    }

    [Fact]
    public async Task The_keyboard_alone_signs_in_and_out_and_the_focus_is_visible()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var demo = await DemoProcess.StartAsync(_database.Path);
        await using var page = await PageLook.NewPageAsync(chromium, []);
        await GoAsync(page, demo, "sign-in");
        await PageLook.TabToAsync(page, "user");
        await page.Keyboard.TypeAsync("Ada");
        await PageLook.EnterAsync(page);
        Assert.Equal("signed in as Ada", await TextAsync(page, ".who"));
        await PageLook.TabToAsync(page, "Sign out");
        await PageLook.EnterAsync(page);
        Assert.Equal("not signed in", await TextAsync(page, ".who"));
    }

    private static async Task<IPage> SignInAsync(IBrowser chromium, DemoProcess demo)
    {
        var page = await PageLook.NewPageAsync(chromium, []);
        await GoAsync(page, demo, "sign-in");
        await page.TypeAsync("#user", "Ada");
        await PressAsync(page, "Sign in");
        return page;
    }

    /// <summary>The same visitor over HTTP.</summary>
    private static async Task<Browser> BrowserOfAsync(IPage page, DemoProcess demo)
    {
        var cookie = (await page.GetCookiesAsync()).Single(static cookie => cookie.Name == "connect.sid");
        return new Browser(demo.Address, $"{cookie.Name}={cookie.Value}");
    }

    private static async Task GoAsync(IPage page, DemoProcess demo, string path)
    {
        await page.BringToFrontAsync();
        await page.GoToAsync(new Uri(demo.Address, path).ToString()).WithinBoundAsync($"the page {path}");
    }

    private static async Task PressAsync(IPage page, string text)
    {
        var loaded = page.WaitForNavigationAsync();
        await ClickAsync(page, text);
        await loaded.WithinBoundAsync($"the page after {text}");
    }

    private static async Task ClickAsync(IPage page, string text)
    {
        // A tab that is not in front draws nothing, and is not clicked.
        await page.BringToFrontAsync();
        var found = await page.EvaluateFunctionHandleAsync(
            "text => [...document.querySelectorAll('main button, main a')].find(one => one.textContent.trim() === text)",
            text
        );
        var element = Assert.IsType<IElementHandle>(found, exactMatch: false);
        await element.ClickAsync().WithinBoundAsync($"a click on {text}");
    }

    private static Task<string> TextAsync(IPage page, string selector) =>
        page.EvaluateFunctionAsync<string>("selector => document.querySelector(selector).textContent.trim()", selector);
}
