using System.Net;
using ServerSessions.Stores.Memory;

namespace ServerSessions.Dashboard.Tests;

/// <summary>What an operator sees and does.</summary>
public sealed class DashboardPageTests
{
    [Fact]
    public async Task An_operator_finds_a_user_looks_at_a_session_and_ends_it_after_a_question()
    {
        await using var app = await DashboardApp.StartAsync();
        using var firefox = await app.SignInAsync("ada");
        using var phone = await app.SignInAsync("ada", "Safari on iPhone", "passkey");
        using var other = await app.SignInAsync("bob");
        app.Time.Advance(TimeSpan.FromMinutes(10));

        using var ops = app.NewBrowser("olga");
        var overview = await ops.PageAsync("/ops/sessions");
        Assert.Contains("<strong>3</strong>", overview, StringComparison.Ordinal);
        var (path, user) = await ops.SubmitAsync(overview, "subject", ("subject", "ada"));
        Assert.DoesNotContain("ada", path, StringComparison.Ordinal);
        Assert.Contains("2 live sessions", user, StringComparison.Ordinal);
        Assert.Contains("10 minutes ago", user, StringComparison.Ordinal);

        var session = await ops.PageAsync(Browser.LinkOf(user, "Safari on iPhone"));
        foreach (var shown in new[] { "2026-11-30 12:00:00 UTC", "passkey", "<bdi>cart</bdi>", "the application", "31 B", "in 50 minutes" })
        {
            Assert.Contains(shown, session, StringComparison.Ordinal);
        }

        var question = await ops.PageAsync(Browser.LinkOf(session, "End session"));
        Assert.Equal(2, (await app.Users.ListAsync("ada")).Sessions.Count);
        var (_, after) = await ops.SubmitAsync(question, "End session");
        Assert.Contains("""<p class="message" role="status">One session is ended.</p>""", after, StringComparison.Ordinal);
        Assert.Contains("1 live session", after, StringComparison.Ordinal);
        Assert.Equal("Firefox on Windows", Assert.Single((await app.Users.ListAsync("ada")).Sessions).Login.Label);
        Assert.Single((await app.Users.ListAsync("bob")).Sessions);
    }

    [Fact]
    public async Task An_operator_ends_all_sessions_of_a_user_and_sending_the_form_twice_is_no_error()
    {
        await using var app = await DashboardApp.StartAsync();
        using var first = await app.SignInAsync("ada");
        using var second = await app.SignInAsync("ada");
        using var ops = app.NewBrowser("olga");
        var (_, user) = await ops.SubmitAsync(await ops.PageAsync("/ops/sessions"), "subject", ("subject", " ada "));
        var question = await ops.PageAsync(Browser.LinkOf(user, "End all 2"));
        Assert.Contains("End 2 sessions", question, StringComparison.Ordinal);
        var (_, after) = await ops.SubmitAsync(question, "End 2 sessions");
        Assert.Contains("The sessions are ended.", after, StringComparison.Ordinal);
        Assert.Contains("No live session.", after, StringComparison.Ordinal);
        var (_, again) = await ops.SubmitAsync(question, "End 2 sessions");
        Assert.Contains("No session was live any more.", again, StringComparison.Ordinal);
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task What_an_operator_ends_is_an_event_of_an_operator_and_what_a_user_ends_is_one_of_the_user()
    {
        await using var app = await DashboardApp.StartAsync();
        using var first = await app.SignInAsync("ada");
        using var second = await app.SignInAsync("ada", "Safari on iPhone");
        using var third = await app.SignInAsync("ada", "Chrome on Android");
        var handles = (await app.Users.ListAsync("ada")).Sessions.ToDictionary(static one => one.Login.Label!, static one => one.Handle);
        await third.SubmitAsync(await third.PageAsync("/account/sessions"), "End session on Safari");
        using var ops = app.NewBrowser("olga");
        var (_, user) = await ops.SubmitAsync(await ops.PageAsync("/ops/sessions"), "subject", ("subject", "ada"));
        await ops.SubmitAsync(await ops.PageAsync(Browser.LinkOf(user, "End session on Firefox")), "End session");
        await ops.SubmitAsync(await ops.PageAsync(Browser.LinkOf(user, "End all")), "End 1 session");
        Assert.Equal(
            [
                (handles["Safari on iPhone"], "ada", SessionEndReason.EndedByUser),
                (handles["Firefox on Windows"], "ada", SessionEndReason.EndedByOperator),
                (handles["Chrome on Android"], "ada", SessionEndReason.EndedByOperator),
            ],
            app.Ended
        );
    }

    [Fact]
    public async Task A_form_without_the_token_of_the_operator_ends_nothing()
    {
        await using var app = await DashboardApp.StartAsync();
        using var device = await app.SignInAsync("ada");
        using var ops = app.NewBrowser("olga");
        var (_, user) = await ops.SubmitAsync(await ops.PageAsync("/ops/sessions"), "subject", ("subject", "ada"));
        var end = Browser.LinkOf(user, "End all");
        using var bare = await ops.PostAsync(end);
        using var stranger = app.NewBrowser("oscar");
        using var foreign = await stranger.SendFormAsync(await ops.PageAsync(end), "End 1 session");
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (bare.StatusCode, foreign.StatusCode));
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task A_read_only_dashboard_has_no_button_and_ends_nothing()
    {
        await using var app = await DashboardApp.StartAsync(static options => options.IsReadOnly = true);
        using var device = await app.SignInAsync("ada");
        using var ops = app.NewBrowser("olga");
        var overview = await ops.PageAsync("/ops/sessions");
        var (path, user) = await ops.SubmitAsync(overview, "subject", ("subject", "ada"));
        Assert.DoesNotContain("/end/", user, StringComparison.Ordinal);
        Assert.DoesNotContain("/end/", await ops.PageAsync(Browser.LinkOf(user, "Firefox")), StringComparison.Ordinal);

        var end = path.Replace("/user/", "/end/", StringComparison.Ordinal);
        using var asked = await ops.GetAsync(end);
        using var sent = await ops.SendFormAsync(overview.Replace("/ops/sessions/search", end, StringComparison.Ordinal), "subject");
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (asked.StatusCode, sent.StatusCode));
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task A_store_that_fails_is_a_503_that_says_what_to_do_and_the_page_is_back_with_the_store()
    {
        await using var app = await DashboardApp.StartAsync();
        using var device = await app.SignInAsync("ada");
        using var ops = app.NewBrowser("olga");
        var (path, _) = await ops.SubmitAsync(await ops.PageAsync("/ops/sessions"), "subject", ("subject", "ada"));
        app.Store.Inject(StoreFault.Fails);
        ((FaultySessionStore)app.Store.GetSibling("users")).Inject(StoreFault.Fails);

        // The count from before is outdated, and the next one fails.
        app.Time.Advance(TimeSpan.FromMinutes(1));
        foreach (var down in new[] { "/ops/sessions", path })
        {
            using var response = await ops.GetAsync(down);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            var page = await response.Content.ReadAsStringAsync();
            Assert.Contains("The session store does not respond", page, StringComparison.Ordinal);
            Assert.Contains("Check that Memory runs", page, StringComparison.Ordinal);
            Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        }

        app.Store.Recover();
        ((FaultySessionStore)app.Store.GetSibling("users")).Recover();
        Assert.Contains("1 live session", await ops.PageAsync(path), StringComparison.Ordinal);
        Assert.Contains("<strong>1</strong>", await ops.PageAsync("/ops/sessions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dashboard_says_what_a_store_cannot_do()
    {
        using var store = new RecordingStore(TimeProvider.System);
        await using var app = await DashboardApp.StartAsync(hasUsers: false, store: () => new PlainStore(store));
        using var ops = app.NewBrowser("olga");
        var page = await ops.PageAsync("/ops/sessions");
        Assert.Contains("This store cannot count its sessions.", page, StringComparison.Ordinal);
        Assert.Contains("AddUserSessions()", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_user_is_said_to_have_no_list_and_a_made_up_address_is_not_found()
    {
        await using var app = await DashboardApp.StartAsync();
        using var ops = app.NewBrowser("olga");
        var (_, page) = await ops.SubmitAsync(await ops.PageAsync("/ops/sessions"), "subject", ("subject", "no-one"));
        Assert.Contains("There is no list of this user’s sessions.", page, StringComparison.Ordinal);
        using var madeUp = await ops.GetAsync("/ops/sessions/user/abc");
        Assert.Equal(HttpStatusCode.NotFound, madeUp.StatusCode);
        using var empty = await ops.SendFormAsync(await ops.PageAsync("/ops/sessions"), "subject", ("subject", " "));
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
    }

    [Fact]
    public async Task The_chart_has_the_counts_of_the_last_hours_in_steps_of_the_interval()
    {
        await using var app = await DashboardApp.StartAsync(static options => options.MaxSamples = 3);
        using var ops = app.NewBrowser("olga");
        Assert.Contains("The chart begins with the second count.", await ops.PageAsync("/ops/sessions"), StringComparison.Ordinal);
        for (var i = 1; i <= 4; i++)
        {
            using var device = await app.SignInAsync($"user-{i}");
            app.Time.Advance(TimeSpan.FromSeconds(40));
            Assert.Contains($"<strong>{i}</strong>", await ops.PageAsync("/ops/sessions"), StringComparison.Ordinal);
        }

        var page = await ops.PageAsync("/ops/sessions");
        Assert.Contains("Sessions over time: 4 now, at least 2, at most 4.", page, StringComparison.Ordinal);
        Assert.Contains("""<path class="line" d="M0 """, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_sessions_are_on_pages_of_25()
    {
        await using var app = await DashboardApp.StartAsync();
        for (var i = 1; i <= 100; i++)
        {
            using var device = await app.SignInAsync("ada", $"Device {i:000}");
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }

        using var ops = app.NewBrowser("olga");
        var (_, first) = await ops.SubmitAsync(await ops.PageAsync("/ops/sessions"), "subject", ("subject", "ada"));
        Assert.Contains("100 live sessions", first, StringComparison.Ordinal);
        Assert.Contains("Page 1 of 4", first, StringComparison.Ordinal);
        Assert.Contains("Device 100", first, StringComparison.Ordinal);
        Assert.DoesNotContain("Device 075", first, StringComparison.Ordinal);
        Assert.Contains("Device 075", await ops.PageAsync(Browser.LinkOf(first, "Next")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hostile_names_are_text_and_no_page_has_an_id_a_key_a_cookie_or_a_value(bool isEncrypted)
    {
        const string evil = """<script>alert(1)</script>"'><img src=x onerror=alert(2)>""";
        const string user = "مرحبا\u202E \"<b>&amp;";
        await using var app = await DashboardApp.StartAsync(options: options =>
        {
            options.Protection.HashIds = isEncrypted;
            if (isEncrypted)
            {
                options.Protection.Key = Convert.ToBase64String(new byte[32].Select(static (_, i) => (byte)i).ToArray());
            }
        });
        using var device = await app.SignInAsync(user, evil, evil, evil);
        using var ops = app.NewBrowser("olga");
        var overview = await ops.PageAsync("/ops/sessions");
        var (path, list) = await ops.SubmitAsync(overview, "subject", ("subject", user));
        var session = await ops.PageAsync(Browser.LinkOf(list, "&lt;script&gt;"));
        var question = await ops.PageAsync(Browser.LinkOf(session, "End session"));
        var devices = await device.PageAsync("/account/sessions");
        var own = await device.PageAsync("/own");

        var cookie = Uri.UnescapeDataString(device.SessionCookie);
        var keys = new List<string>();
        await foreach (var entry in ((MemorySessionStore)app.Store.Inner).AllAsync())
        {
            keys.Add(entry.Sid);
        }

        string[] secret = [.. keys, cookie, cookie.Split('.')[0][2..], "THE-VALUE-THAT-IS-NEVER-SHOWN", "long enough for all"];
        Assert.Single(keys);
        foreach (var page in new[] { overview, path, list, session, question, devices, own })
        {
            Assert.All(secret, text => Assert.DoesNotContain(text, page, StringComparison.Ordinal));
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<b>", page, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("مرحبا", list, StringComparison.Ordinal);
        Assert.Contains(isEncrypted ? "encrypted;" : "not encrypted", session, StringComparison.Ordinal);
    }
}
