namespace ServerSessions.Tests.Users;

/// <summary>How long lists live, and what a crash or an expiry leaves in them.</summary>
public sealed class ListLifeTests
{
    [Fact]
    public async Task A_list_outlives_a_session_that_is_used_for_days_with_one_write_in_two_lifetimes()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        app.Lists.Forget();
        for (var visit = 0; visit < 96; visit++)
        {
            // The idle timeout is an hour.
            app.Time.Advance(TimeSpan.FromMinutes(30));
            Assert.Equal("ada", await app.WhoAsync(cookie));
            var (session, list) = (await app.Sessions.TheOnlySessionAsync(), await TheOnlyListAsync(app));
            Assert.True(list.Expires >= session.Expires, $"visit {visit}");
        }

        var writes = app.Lists.Calls.Count(static call => call == "set");
        Assert.InRange(writes, 18, 24);
    }

    [Fact]
    public async Task A_list_outlives_a_session_that_only_work_outside_of_requests_extends()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        await app.WhoAsync(cookie);
        app.Lists.Forget();
        for (var visit = 0; visit < 24; visit++)
        {
            // The idle timeout is an hour.
            app.Time.Advance(TimeSpan.FromMinutes(30));
            await using var scope = await app.Reference!.OpenAsync(TestContext.Current.CancellationToken);
            scope.Session.Touch();
            await scope.SaveAsync(TestContext.Current.CancellationToken);
            var (session, list) = (await app.Sessions.TheOnlySessionAsync(), await TheOnlyListAsync(app));
            Assert.True(list.Expires >= session.Expires, $"visit {visit}");
        }

        Assert.InRange(app.Lists.Calls.Count(static call => call == "set"), 4, 6);
        Assert.Equal(new EndedUserSessions(1, 0, false), await app.Users.EndAllAsync("ada"));
        Assert.Equal("no one", await app.WhoAsync(cookie));
    }

    [Fact]
    public async Task With_an_absolute_timeout_the_list_lives_as_long_and_is_not_written_again()
    {
        await using var app = await UsersApp.StartAsync(options: static options => options.AbsoluteTimeout = TimeSpan.FromDays(1));
        var cookie = await app.SignInAsync("ada");
        app.Lists.Forget();
        for (var visit = 0; visit < 40; visit++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(30));
            await app.WhoAsync(cookie);
        }

        Assert.Empty(app.Lists.Calls);
        Assert.Equal(app.Time.Start + TimeSpan.FromDays(1), (await TheOnlyListAsync(app)).Expires);
    }

    [Fact]
    public async Task A_list_that_cannot_be_written_breaks_no_usual_request()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        app.Lists.Before = static _ => throw new SessionStoreUnavailableException("down", SessionStoreOperation.Get, "Recording");
        for (var visit = 0; visit < 6; visit++)
        {
            app.Time.Advance(TimeSpan.FromMinutes(50));
            Assert.Equal("ada", await app.WhoAsync(cookie));
        }

        Assert.True(app.Logs.Count("UserIndexNotExtended") >= 1);

        // It is back, and the next request completes what was missed.
        app.Lists.Before = static _ => Task.CompletedTask;
        await app.WhoAsync(cookie);
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task A_failing_store_of_lists_makes_a_sign_in_a_503_without_a_cookie_and_a_list_an_error()
    {
        await using var app = await UsersApp.StartAsync();
        app.Lists.Before = static _ => throw new SessionStoreUnavailableException("down", SessionStoreOperation.Get, "Recording");
        using var response = await app.SendAsync("/in?user=ada");

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Null(response.SetCookie());
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await app.Users.ListAsync("ada"));
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await app.Users.EndAllAsync("ada"));
    }

    [Fact]
    public async Task A_sign_in_whose_session_cannot_be_stored_is_never_shown_and_leaves_the_list_after_five_minutes()
    {
        await using var app = await UsersApp.StartAsync();
        app.Sessions.Before = static call =>
            call == "set" ? throw new SessionStoreUnavailableException("down", SessionStoreOperation.Set, "Recording") : Task.CompletedTask;
        using var response = await app.SendAsync("/in?user=ada");
        app.Sessions.Before = static _ => Task.CompletedTask;

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal(1, await app.Users.CountAsync("ada"));
        app.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal(0, await app.Users.CountAsync("ada"));
    }

    [Fact]
    public async Task An_expired_session_is_not_shown_and_leaves_the_list()
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromHours(1));

        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal(0, await app.Users.CountAsync("ada"));
    }

    [Fact]
    public async Task An_end_that_fails_in_the_store_is_completed_by_the_next_look()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        app.Sessions.Before = static _ => throw new SessionStoreUnavailableException("down", SessionStoreOperation.Get, "Recording");
        Assert.Equal(new EndedUserSessions(0, 1, false), await app.Users.EndAllAsync("ada"));
        Assert.Equal(1, app.Logs.Count("UserSessionNotEnded"));

        app.Sessions.Before = static _ => Task.CompletedTask;
        Assert.Equal("ada", await app.WhoAsync(cookie));
        using var renewal = await app.SendAsync("/renew", cookie);
        Assert.Null(renewal.SetCookie());
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal("no one", await app.WhoAsync(cookie));
    }

    [Fact]
    public async Task A_session_whose_list_was_lost_is_listed_again_when_it_gets_a_new_id()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        await app.Lists.Inner.ClearAsync();
        using var renewed = await app.SendAsync("/renew", cookie);

        Assert.Equal("ada", await app.WhoAsync(renewed.Cookie()));
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
    }

    private static async Task<SessionRecord> TheOnlyListAsync(UsersApp app)
    {
        var records = new List<SessionRecord>();
        await foreach (var entry in app.Lists.Inner.AllAsync())
        {
            records.Add(entry.Record);
        }

        return Assert.Single(records);
    }
}
