namespace Demo.Tests;

public sealed class DemoTests : IDisposable
{
    private readonly DatabaseFile _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Clicks_survive_a_restart()
    {
        Browser browser;
        await using (var first = await DemoProcess.StartAsync(_database.Path))
        {
            browser = first.NewBrowser();
            Assert.Equal(1, await browser.CountAsync());
            Assert.Equal(2, await browser.CountAsync());
        }

        await using var second = await DemoProcess.StartAsync(_database.Path);
        using var again = browser.MoveTo(second.Address);
        Assert.Equal(3, await again.CountAsync());
        browser.Dispose();
    }

    [Fact]
    public async Task Without_a_store_in_the_configuration_sessions_are_in_a_SQLite_file_of_the_current_folder()
    {
        await using var demo = await DemoProcess.StartInAsync(new DirectoryInfo(_database.Folder));
        using var browser = demo.NewBrowser();
        await browser.CountAsync();
        Assert.Equal(1L, _database.Query<long>("SELECT count(*) FROM sessions"));
    }

    [Fact]
    public async Task Signing_in_changes_the_id_keeps_the_counts_and_kills_the_old_id()
    {
        await using var demo = await DemoProcess.StartAsync(_database.Path);
        using var browser = demo.NewBrowser();
        await browser.CountAsync();
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
        Assert.Equal(2, await browser.CountAsync());
        Assert.Contains("not signed in", await thief.GetAsync("/"), StringComparison.Ordinal);
        Assert.Equal(1, await thief.CountAsync());
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

        foreach (var path in (string[])["/", "/tabs", "/sign-in", "/slow", "/devices", "/store", "/style.css", "/demo.js", "/icon.svg"])
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
        await browser.CountAsync();
        var sid = _database.Query<string>("SELECT sid FROM sessions");

        var page = await browser.GetAsync("/session");

        Assert.DoesNotContain(sid, page, StringComparison.Ordinal);
        Assert.Contains("clicks</th><td><code>1</code>", page, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task Outside_of_development_the_demo_does_not_start_without_a_secret_and_says_what_to_set(string environment)
    {
        var (exitCode, output) = await DemoProcess.RunWithoutSecretAsync(_database, environment);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("Set the environment variable ServerSessions__Secret", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_database.Folder, "demo-secret")));
    }
}
