namespace ServerSessions.Tests.Users;

public sealed class SessionLimitPerUserTests
{
    [Fact]
    public async Task The_session_that_was_signed_in_first_ends_when_there_are_too_many()
    {
        await using var app = await UsersApp.StartAsync(static users => users.MaxSessionsPerUser = 2);
        var cookies = new List<string>();
        for (var device = 0; device < 3; device++)
        {
            app.Time.Advance(TimeSpan.FromSeconds(1));
            cookies.Add(await app.SignInAsync("ada"));
        }

        Assert.Equal(["no one", "ada", "ada"], await Task.WhenAll(cookies.Select(app.WhoAsync)));
        Assert.Equal(2, (await app.Users.ListAsync("ada")).Sessions.Count);
    }

    [Fact]
    public async Task All_surplus_sessions_end_at_once_after_the_limit_was_lowered()
    {
        var options = new UserSessionOptions();
        await using var app = await UsersApp.StartAsync(users =>
        {
            users.MaxSessionsPerUser = 5;
            options = users;
        });
        for (var device = 0; device < 5; device++)
        {
            await app.SignInAsync("ada");
        }

        options.MaxSessionsPerUser = 2;
        await app.SignInAsync("ada");

        Assert.Equal(2, (await app.Users.ListAsync("ada")).Sessions.Count);
        Assert.Equal(2, await app.Users.CountAsync("ada"));
    }

    [Fact]
    public async Task A_sign_in_too_many_is_refused_if_the_options_say_so()
    {
        await using var app = await UsersApp.StartAsync(static users =>
        {
            users.MaxSessionsPerUser = 1;
            users.WhenTooMany = WhenTooManySessions.Refuse;
        });
        var first = await app.SignInAsync("ada");
        using var second = await app.SendAsync("/in?user=ada");

        Assert.Equal(500, (int)second.StatusCode);
        Assert.Contains(nameof(TooManyUserSessionsException), app.Logs.Text, StringComparison.Ordinal);
        Assert.Null(second.SetCookie());
        Assert.Equal("ada", await app.WhoAsync(first));

        // The user who is signed in may sign in again.
        await app.SignInAsync("ada", first);
    }

    [Fact]
    public async Task An_expired_session_takes_no_place()
    {
        await using var app = await UsersApp.StartAsync(static users =>
        {
            users.MaxSessionsPerUser = 1;
            users.WhenTooMany = WhenTooManySessions.Refuse;
        });
        await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromHours(2));

        var second = await app.SignInAsync("ada");
        Assert.Equal("ada", await app.WhoAsync(second));
    }

    [Fact]
    public async Task Parallel_sign_ins_never_leave_more_sessions_than_a_user_may_have()
    {
        const int Limit = 3;
        await using var app = await UsersApp.StartAsync(static users => users.MaxSessionsPerUser = Limit);
        var cookies = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(async _ =>
                {
                    using var response = await app.SendAsync("/in?user=ada");
                    return response.SetCookie() is null ? null : response.Cookie();
                })
        );

        var live = 0;
        foreach (var cookie in cookies.OfType<string>())
        {
            live += await app.WhoAsync(cookie) == "ada" ? 1 : 0;
        }

        Assert.InRange(live, 1, Limit);
        Assert.Equal(live, (await app.Users.ListAsync("ada")).Sessions.Count);
    }
}
