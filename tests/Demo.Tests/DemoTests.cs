namespace Demo.Tests;

public sealed class DemoTests : IDisposable
{
    private readonly DatabaseFile _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task The_counter_counts_per_path_and_survives_a_restart()
    {
        Browser browser;
        await using (var first = await DemoProcess.StartAsync(_database.Path))
        {
            browser = first.NewBrowser();
            Assert.Equal(1, await browser.CountAsync("/foo"));
            Assert.Equal(2, await browser.CountAsync("/foo"));
            Assert.Equal(1, await browser.CountAsync("/bar"));
        }

        await using var second = await DemoProcess.StartAsync(_database.Path);
        using var again = browser.MoveTo(second.Address);
        Assert.Equal(3, await again.CountAsync("/foo"));
        Assert.Equal(2, await again.CountAsync("/bar"));
        browser.Dispose();
    }

    [Fact]
    public async Task Signing_in_changes_the_id_keeps_the_counts_and_kills_the_old_id()
    {
        await using var demo = await DemoProcess.StartAsync(_database.Path);
        using var browser = demo.NewBrowser();
        await browser.CountAsync("/foo");
        using var thief = browser.MoveTo(demo.Address);
        var before = browser.Cookie;

        Assert.Contains(
            "Welcome, Zoë &lt;b&gt;",
            System
                .Net.WebUtility.HtmlDecode(await browser.PostAsync("/sign-in", ("user", "Zoë <b>")))
                .Replace("<b>", "&lt;b&gt;", StringComparison.Ordinal),
            StringComparison.Ordinal
        );

        Assert.NotEqual(before, browser.Cookie);
        Assert.Equal(2, await browser.CountAsync("/foo"));
        Assert.Contains("not signed in", await thief.GetAsync("/"), StringComparison.Ordinal);
        Assert.Equal(1, await thief.CountAsync("/foo"));
        Assert.NotEqual(browser.Cookie, thief.Cookie);
    }

    [Fact]
    public async Task Signing_out_removes_the_row_and_the_cookie()
    {
        await using var demo = await DemoProcess.StartAsync(_database.Path);
        using var browser = demo.NewBrowser();
        await browser.PostAsync("/sign-in", ("user", "Ada"));
        Assert.Equal(1L, _database.Query<long>("SELECT count(*) FROM sessions"));

        await browser.PostAsync("/sign-out");

        Assert.Equal(0L, _database.Query<long>("SELECT count(*) FROM sessions"));
        Assert.Null(browser.Cookie);
    }

    [Fact]
    public async Task Looking_around_without_writing_leaves_neither_row_nor_cookie()
    {
        await using var demo = await DemoProcess.StartAsync(_database.Path);
        using var browser = demo.NewBrowser();

        foreach (var path in (string[])["/", "/foo", "/bar", "/foo", "/style.css", "/icon.svg"])
        {
            await browser.GetAsync(path);
        }

        var page = await browser.GetAsync("/session");

        Assert.Contains("nothing is stored", page, StringComparison.Ordinal);
        Assert.Null(browser.Cookie);
        Assert.Equal(0L, _database.Query<long>("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task The_session_page_shows_keys_and_a_fingerprint_and_never_the_id()
    {
        await using var demo = await DemoProcess.StartAsync(_database.Path);
        using var browser = demo.NewBrowser();
        await browser.CountAsync("/foo");
        var sid = _database.Query<string>("SELECT sid FROM sessions");

        var page = await browser.GetAsync("/session");

        Assert.DoesNotContain(sid, page, StringComparison.Ordinal);
        Assert.Contains("views", page, StringComparison.Ordinal);
        Assert.Contains("{&quot;/foo&quot;:1}", page, StringComparison.Ordinal);
        Assert.Matches("Fingerprint</th><td><code>[0-9a-f]{8}</code>", page);
        Assert.Matches("29 min [0-9]{2} s|30 min 00 s", page);
    }

    [Fact]
    public async Task A_database_that_cannot_be_opened_ends_the_start_with_a_plain_message()
    {
        var (exitCode, output) = await DemoProcess.RunToEndAsync(Path.Combine(_database.Folder, "no-such-folder", "sessions.db"));

        Assert.NotEqual(0, exitCode);
        Assert.Contains("no-such-folder", output, StringComparison.Ordinal);
    }
}
