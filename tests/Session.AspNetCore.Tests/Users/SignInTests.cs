using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.Users;

public sealed class SignInTests
{
    [Fact]
    public async Task A_user_who_signs_in_is_listed_with_device_and_times()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(10));
        await app.WhoAsync(cookie);

        var list = await app.Users.ListAsync("ada");

        Assert.False(list.IndexWasMissing);
        var session = Assert.Single(list.Sessions);
        Assert.Equal("ada", session.Login.Subject);
        Assert.Equal("Firefox on Windows", session.Login.Label);
        Assert.Equal("password", session.Login.Method);
        Assert.Null(session.Login.Address);
        Assert.Equal(app.Time.Start, session.Login.SignedInAt);
        Assert.Equal(app.Time.Start, session.Login.AuthenticatedAt);
        Assert.Equal(app.Time.Start + TimeSpan.FromMinutes(10), session.LastSeenAt);
        Assert.Equal(22, session.Handle.Length);
        Assert.DoesNotContain(session.Handle, cookie, StringComparison.Ordinal);
        Assert.False(session.IsCurrent);
    }

    [Fact]
    public async Task A_sign_in_gives_the_session_a_new_id_and_keeps_its_values()
    {
        await using var app = await UsersApp.StartAsync();
        using var visit = await app.SendAsync("/write");
        var signedIn = await app.SignInAsync("ada", visit.Cookie());

        Assert.NotEqual(visit.Cookie(), signedIn);
        Assert.Equal("ada", await app.WhoAsync(signedIn));
        Assert.Equal("no one", await app.WhoAsync(visit.Cookie()));
    }

    [Fact]
    public async Task Another_user_who_signs_in_begins_with_an_empty_session()
    {
        await using var app = await UsersApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var bob = await app.SignInAsync("bob", ada);

        Assert.Equal("bob", await app.WhoAsync(bob));
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Single((await app.Users.ListAsync("bob")).Sessions);
    }

    [Fact]
    public async Task A_user_who_signs_in_again_in_the_same_session_keeps_its_handle()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        var before = Assert.Single((await app.Users.ListAsync("ada")).Sessions);
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.SignInAsync("ada", cookie);

        var after = Assert.Single((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal(before.Handle, after.Handle);
        Assert.Equal(before.Login.SignedInAt, after.Login.SignedInAt);
        Assert.Equal(before.Login.AuthenticatedAt + TimeSpan.FromMinutes(1), after.Login.AuthenticatedAt);
    }

    [Fact]
    public async Task A_sign_out_removes_the_session_from_the_list()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        using var response = await app.SendAsync("/out", cookie);

        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal(0, await app.Users.CountAsync("ada"));
        Assert.Equal("no one", await app.WhoAsync(cookie));
    }

    [Theory]
    [InlineData("/in-and-regenerate", true)]
    [InlineData("/in-and-regenerate", false)]
    [InlineData("/in-and-unset", true)]
    [InlineData("/in-and-unset", false)]
    public async Task A_session_that_is_given_up_in_the_request_of_its_sign_in_leaves_nothing_in_the_list(string path, bool isNew)
    {
        await using var app = await UsersApp.StartAsync();
        using var visit = await app.SendAsync("/write");
        using var response = await app.SendAsync($"{path}?user=ada", isNew ? null : visit.Cookie());

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(0, await app.Users.CountAsync("ada"));
    }

    [Fact]
    public async Task A_store_that_tells_its_lifetime_tells_when_a_session_was_last_used()
    {
        await using var app = await UsersApp.StartAsync(options: static options => options.IdleTimeout = null);
        var cookie = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromHours(2));
        await app.WhoAsync(cookie);

        Assert.Equal(app.Time.GetUtcNow(), Assert.Single((await app.Users.ListAsync("ada")).Sessions).LastSeenAt);
    }

    [Fact]
    public async Task A_renewed_session_stays_listed_under_its_handle()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        var before = Assert.Single((await app.Users.ListAsync("ada")).Sessions);
        using var renewed = await app.SendAsync("/renew", cookie);

        var after = Assert.Single((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal(before.Handle, after.Handle);
        Assert.Equal("ada", await app.WhoAsync(renewed.Cookie()));
        Assert.True(await app.Users.EndAsync("ada", after.Handle));
        Assert.Equal("no one", await app.WhoAsync(renewed.Cookie()));
    }

    [Fact]
    public async Task A_renewal_whose_client_leaves_once_it_has_moved_keeps_the_new_id()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        using var leaving = new CancellationTokenSource();
        app.Leaving = leaving.Token;
        var writes = 0;

        // The session under the new id, then the tombstone under the old one.
        app.Sessions.AfterTrySet = () => ++writes == 2 ? leaving.CancelAsync() : Task.CompletedTask;
        using var renewed = await app.SendAsync("/renew", cookie);

        Assert.Equal(200, (int)renewed.StatusCode);
        Assert.Equal("ada", await app.WhoAsync(renewed.Cookie()));
    }

    [Fact]
    public async Task A_session_ends_by_its_handle_and_a_second_end_finds_none()
    {
        await using var app = await UsersApp.StartAsync();
        var (one, other) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        var sessions = (await app.Users.ListAsync("ada")).Sessions;

        Assert.False(await app.Users.EndAsync("bob", sessions[0].Handle));
        Assert.True(await app.Users.EndAsync("ada", sessions[0].Handle));
        Assert.False(await app.Users.EndAsync("ada", sessions[0].Handle));
        Assert.Equal(["ada", "no one"], new[] { await app.WhoAsync(one), await app.WhoAsync(other) }.Order());
    }

    [Fact]
    public async Task All_sessions_but_one_end()
    {
        await using var app = await UsersApp.StartAsync();
        var cookies = new List<string>();
        for (var device = 0; device < 3; device++)
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            cookies.Add(await app.SignInAsync("ada"));
        }

        var kept = (await app.Users.ListAsync("ada")).Sessions[0].Handle;
        Assert.Equal(new EndedUserSessions(2, 0, false), await app.Users.EndAllAsync("ada", kept));
        Assert.Equal(["no one", "no one", "ada"], await Task.WhenAll(cookies.Select(app.WhoAsync)));
        Assert.True((await app.Users.ListAsync("ada", kept)).Sessions.Single().IsCurrent);
    }

    [Fact]
    public async Task A_user_without_a_list_is_told_apart_from_one_without_sessions()
    {
        await using var app = await UsersApp.StartAsync();
        Assert.True((await app.Users.ListAsync("ada")).IndexWasMissing);
        Assert.True((await app.Users.EndAllAsync("ada")).IndexWasMissing);
        Assert.False((await app.Users.EndAllAsync("ada")).IndexWasMissing);
    }

    [Fact]
    public async Task End_all_wins_over_a_sign_in_that_is_not_stored_yet()
    {
        await using var app = await UsersApp.StartAsync();
        app.InSignIn = async () => await app.Users.EndAllAsync("ada");
        using var response = await app.SendAsync("/in?user=ada");

        Assert.Null(response.SetCookie());
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
    }

    [Theory]
    [InlineData(29)]
    [InlineData(31)]
    [InlineData(301)]
    public async Task End_all_wins_over_a_sign_in_that_takes_this_many_seconds(int seconds)
    {
        await using var app = await UsersApp.StartAsync();
        app.InSignIn = async () =>
        {
            await app.Users.EndAllAsync("ada");
            app.Time.Advance(TimeSpan.FromSeconds(seconds));
        };
        using var response = await app.SendAsync("/in?user=ada");

        Assert.Null(response.SetCookie());
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task A_sign_in_whose_password_was_checked_before_all_sessions_ended_is_refused()
    {
        await using var app = await UsersApp.StartAsync();
        using var before = await app.SendAsync("/in-after-a-check?user=ada");
        Assert.NotNull(before.SetCookie());

        app.Time.Advance(TimeSpan.FromSeconds(1));
        await app.Users.EndAllAsync("ada");
        using var after = await app.SendAsync("/in-after-a-check?user=ada");
        Assert.Null(after.SetCookie());
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task A_sign_in_that_takes_a_minute_is_listed_again_before_it_is_stored()
    {
        await using var app = await UsersApp.StartAsync();
        app.InSignIn = () =>
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            app.Lists.Forget();
            return Task.CompletedTask;
        };
        await app.SignInAsync("ada");

        Assert.Equal(["get", "set"], app.Lists.Calls);
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task A_usual_request_of_a_user_who_is_signed_in_makes_no_call_for_the_list()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        app.Lists.Forget();
        await app.WhoAsync(cookie);
        using var response = await app.SendAsync("/write", cookie);

        Assert.Empty(app.Lists.Calls);
    }

    [Fact]
    public async Task An_application_without_AddUserSessions_says_so_at_the_sign_in()
    {
        await using var app = await TestApp.StartAsync(static async context => await context.GetServerSession().SignInAsync("ada"));
        using var response = await app.GetAsync();

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Contains("AddUserSessions()", app.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unit_test_of_a_sign_in_needs_no_server()
    {
        using var test = await ServerSessions.Testing.TestServerSession.CreateAsync();
        await test.Session.SignInAsync("ada", new UserSignIn { Method = "password" });
        await test.EndRequestAsync();

        var next = await test.NextRequestAsync();
        Assert.Equal(("ada", "password"), (next.Session.Login?.Subject, next.Session.Login?.Method));
        await Assert.ThrowsAsync<ArgumentException>(async () => await test.Session.SignInAsync(""));
    }
}
