using System.Net;
using PuppeteerSharp;
using ServerSessions.Stores;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Dashboard.Tests;

/// <summary>
/// The pages in a real browser: what <see cref="PageLook"/> finds, on screens, with large text and on paper; visible focus; nothing that
/// the policy of the page stops.
/// </summary>
public sealed class PageLookTests
{
    private const string LongName = "a-very-long-name-of-a-person-or-machine-without-any-space-in-it@department.of.examples.example.org";

    private const string Status = "document.querySelector('[role=status]').textContent";

    [Fact]
    public async Task Every_page_can_be_read_and_used_on_a_desktop_and_a_phone_in_light_and_dark()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var app = await StartWithSessionsAsync();
        var stops = new List<string>();
        await using var page = await PageLook.NewPageAsync(chromium, stops);

        var found = new List<string>();
        foreach (var (name, path) in await StatesAsync(app))
        {
            await page.SetExtraHttpHeadersAsync(new Dictionary<string, string> { [DashboardApp.Operator] = "olga" });
            await page.GoToAsync(new Uri(app.Address, path).ToString()).WithinBoundAsync(name);
            found.AddRange(await LookAsync(page, name));
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.Empty(stops);
    }

    [Fact]
    public async Task The_page_when_the_store_is_down_can_be_read_too()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var app = await DashboardApp.StartAsync(static options => options.Title = "Shop, production");
        app.Store.Inject(StoreFault.Fails);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await using var page = await PageLook.NewPageAsync(chromium, []);
        await page.SetExtraHttpHeadersAsync(new Dictionary<string, string> { [DashboardApp.Operator] = "olga" });
        await page.GoToAsync(new Uri(app.Address, "/ops/sessions").ToString()).WithinBoundAsync("the page");
        var found = await LookAsync(page, "down");
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task The_pages_during_a_move_say_that_there_are_two_stores_and_can_be_read_too()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var old = new MemorySessionStore(new MemorySessionStoreOptions());
        await using var next = new MemorySessionStore(new MemorySessionStoreOptions());
        await using var app = await DashboardApp.StartAsync(
            static options => options.Title = "Shop, production",
            store: () => MovingSessionStore.Create(old, next, static () => SessionMoveMode.CarryToNew)
        );
        await SignInAsync(app, "three", 3);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        using var ops = app.NewBrowser("olga");
        var overview = await ops.PageAsync("/ops/sessions");
        Assert.Contains(
            "Sessions move between two stores, Memory+Memory: this instance has the mode <code>CarryToNew</code>",
            WebUtility.HtmlDecode(overview),
            StringComparison.Ordinal
        );
        var user = await ops.SubmitAsync(overview, "subject", ("subject", "three"));
        await using var page = await PageLook.NewPageAsync(chromium, []);
        await page.SetExtraHttpHeadersAsync(new Dictionary<string, string> { [DashboardApp.Operator] = "olga" });
        var found = new List<string>();
        foreach (var (name, path) in new[] { ("move", "/ops/sessions"), ("move-user", user.Path) })
        {
            await page.GoToAsync(new Uri(app.Address, path).ToString()).WithinBoundAsync("the page");
            found.AddRange(await LookAsync(page, name));
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task The_page_of_a_dashboard_that_ends_nothing_can_be_read_too()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var app = await DashboardApp.StartAsync(static options => options.IsReadOnly = true);
        await SignInAsync(app, "three", 3);
        using var ops = app.NewBrowser("olga");
        var user = await ops.SubmitAsync(await ops.PageAsync("/ops/sessions"), "subject", ("subject", "three"));
        await using var page = await PageLook.NewPageAsync(chromium, []);
        await page.SetExtraHttpHeadersAsync(new Dictionary<string, string> { [DashboardApp.Operator] = "olga" });
        var end = user.Path.Replace("/user/", "/end/", StringComparison.Ordinal);
        await page.GoToAsync(new Uri(app.Address, end).ToString()).WithinBoundAsync("the page");
        var found = await LookAsync(page, "forbidden");
        Assert.Equal("Read-only", await page.EvaluateExpressionAsync<string>("document.querySelector('h1').textContent"));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task The_devices_page_can_be_read_and_used_and_a_session_is_ended_with_the_keyboard_alone()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var app = await DashboardApp.StartAsync(devices: static options => options.SignOutPath = "/out");
        using var phone = await app.SignInAsync("ada", "Safari on iPhone", "passkey");
        using var arabic = await app.SignInAsync("ada", "متصفح على هاتف", "كلمة المرور");
        using var unknown = await app.SignInAsync("ada", LongName);
        app.Time.Advance(TimeSpan.FromMinutes(40));
        using var here = await app.SignInAsync("ada");
        await using var page = await PageLook.NewPageAsync(chromium, []);
        await page.SetCookieAsync(
            new CookieParam
            {
                Name = "connect.sid",
                Value = here.SessionCookie,
                Url = app.Address.ToString(),
            }
        );
        await page.GoToAsync(new Uri(app.Address, "/account/sessions").ToString()).WithinBoundAsync("the page");
        var found = await LookAsync(page, "devices");
        Assert.True(found.Count == 0, string.Join('\n', found));

        // The first button signs out; the second ends the session that was signed in last.
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("3px", await page.EvaluateExpressionAsync<string>("getComputedStyle(document.activeElement).outlineWidth"));
        var name = await page.EvaluateExpressionAsync<string>("document.activeElement.getAttribute('aria-label')");
        await PageLook.PictureAsync(page, "devices-focus", 390, "light");
        await PageLook.EnterAsync(page);
        Assert.Equal("The session is ended.", await page.EvaluateExpressionAsync<string>(Status));
        Assert.DoesNotContain(
            (await app.Users.ListAsync("ada")).Sessions,
            session => name.EndsWith(session.Login.Label!, StringComparison.Ordinal)
        );
        await PageLook.PictureAsync(page, "devices-ended", 390, "light");
    }

    [Fact]
    public async Task An_operator_ends_sessions_with_the_keyboard_alone_and_the_focus_is_always_visible()
    {
        await using var chromium = await Chromium.LaunchAsync();
        await using var app = await StartWithSessionsAsync();
        await using var page = await PageLook.NewPageAsync(chromium, []);
        await page.SetExtraHttpHeadersAsync(new Dictionary<string, string> { [DashboardApp.Operator] = "olga" });
        await page.GoToAsync(new Uri(app.Address, "/ops/sessions").ToString()).WithinBoundAsync("the page");
        await PageLook.TabToAsync(page, "subject");
        await page.Keyboard.TypeAsync("three");
        await PageLook.EnterAsync(page);
        await PageLook.TabToAsync(page, "End all 3");
        await PageLook.PictureAsync(page, "user-focus", 390, "light");
        await PageLook.EnterAsync(page);
        await PageLook.TabToAsync(page, "End 3 sessions");
        await PageLook.EnterAsync(page);
        Assert.Equal("The sessions are ended.", await page.EvaluateExpressionAsync<string>(Status));
        Assert.Empty((await app.Users.ListAsync("three")).Sessions);
        await PageLook.PictureAsync(page, "user-ended", 390, "dark");
    }

    private static async Task<DashboardApp> StartWithSessionsAsync()
    {
        var app = await DashboardApp.StartAsync(static options => options.Title = "Shop, production");
        await SignInAsync(app, "three", 3);
        await SignInAsync(app, LongName, 1);
        await SignInAsync(app, "مستخدم", 1);
        using var ops = app.NewBrowser("olga");
        for (var i = 0; i < 12; i++)
        {
            await SignInAsync(app, $"visitor-{i}", 1 + (i * 7 % 5));
            app.Time.Advance(TimeSpan.FromMinutes(1));
            await ops.PageAsync("/ops/sessions");
        }

        await SignInAsync(app, "hundred", 100);
        return app;
    }

    private static async Task SignInAsync(DashboardApp app, string user, int number)
    {
        string?[] labels = ["Firefox on Windows", "Safari on iPhone", null, "متصفح على هاتف", LongName];
        for (var i = 0; i < number; i++)
        {
            using var device = await app.SignInAsync(user, labels[i % labels.Length], key: user);
        }
    }

    private static async Task<IReadOnlyList<(string Name, string Path)>> StatesAsync(DashboardApp app)
    {
        using var ops = app.NewBrowser("olga");
        var overview = await ops.PageAsync("/ops/sessions");
        async Task<(string Path, string Page)> FindAsync(string user) => await ops.SubmitAsync(overview, "subject", ("subject", user));
        var (one, onePage) = await FindAsync(LongName);
        var (three, threePage) = await FindAsync("three");
        var session = Browser.LinkOf(onePage, "Firefox");
        return
        [
            ("overview", "/ops/sessions"),
            ("user-1", one),
            ("user-3", three),
            ("user-100", (await FindAsync("hundred")).Path),
            ("user-rtl", (await FindAsync("مستخدم")).Path),
            ("user-none", (await FindAsync("no-one")).Path),
            ("session", session),
            ("confirm-one", Browser.LinkOf(await ops.PageAsync(session), "End session")),
            ("confirm-all", Browser.LinkOf(threePage, "End all")),
            ("ended", three + "?result=1"),
            ("not-found", "/ops/sessions/user/x"),
        ];
    }

    private static async Task<IReadOnlyList<string>> LookAsync(IPage page, string name) =>
        [.. await PageLook.LookAsync(page, name), .. await PageLook.LookAtLargeTextAndPaperAsync(page, name)];
}
