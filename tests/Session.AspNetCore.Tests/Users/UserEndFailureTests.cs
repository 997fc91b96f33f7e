namespace ServerSessions.Tests.Users;

/// <summary>Ends of users' sessions that fail or are left by a crash: what is told, and with which reason they are completed.</summary>
public sealed class UserEndFailureTests
{
    [Fact]
    public async Task A_sign_out_everywhere_that_fails_half_way_tells_of_both_halves_and_later_of_the_rest()
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada");
        await app.SignInAsync("ada");
        var handles = (await app.Users.ListAsync("ada")).Sessions.Select(static session => session.Handle).ToHashSet();
        app.Events.Forget();
        FailAfter(app, writes: 1);

        Assert.Equal(new EndedUserSessions(1, 1, false), await app.Users.EndAllAsync("ada"));

        Assert.Equal(["ended: EndedElsewhere", "end failed: EndedElsewhere"], app.Events.Lines);
        var told = app.Events.Infos.TakeLast(2).ToArray();
        Assert.Equal(handles, told.Select(static info => info.Handle!).ToHashSet());
        Assert.All(told, static info => Assert.Equal("ada", info.Subject));

        app.Sessions.Before = static _ => Task.CompletedTask;
        app.Events.Forget();
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal(["ended: EndedElsewhere"], app.Events.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_end_that_could_not_be_noted_in_the_list_is_told_with_the_user(bool isAll)
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada");
        var handle = (await app.Users.ListAsync("ada")).Sessions.Single().Handle;
        app.Events.Forget();
        app.Lists.Before = static call => call == "set" ? throw Away() : Task.CompletedTask;

        await Assert.ThrowsAsync<SessionStoreException>(async () =>
        {
            if (isAll)
            {
                await app.Users.EndAllAsync("ada");
            }
            else
            {
                await app.Users.EndAsync("ada", handle);
            }
        });

        Assert.Equal([isAll ? "end failed: EndedElsewhere" : "end failed: EndedByUser"], app.Events.Lines);
        var info = app.Events.Infos[^1];
        Assert.Equal(("ada", isAll ? null : handle), (info.Subject, info.Handle));
    }

    [Fact]
    public async Task A_caller_that_leaves_half_way_is_told_as_a_failure_of_each_session_left_and_the_end_is_completed()
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada");
        await app.SignInAsync("ada");
        app.Events.Forget();
        using var leaving = new CancellationTokenSource();
        app.Sessions.Before = _ =>
        {
            leaving.Cancel();
            return Task.CompletedTask;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await app.Users.EndAllAsync("ada", null, leaving.Token));

        Assert.Equal(["end failed: EndedElsewhere", "end failed: EndedElsewhere"], app.Events.Lines);
        app.Sessions.Before = static _ => Task.CompletedTask;
        app.Events.Forget();
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Equal(["ended: EndedElsewhere", "ended: EndedElsewhere"], app.Events.Lines);
    }

    [Fact]
    public async Task An_end_that_is_completed_later_keeps_the_reason_of_its_caller()
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada");
        var handle = (await app.Users.ListAsync("ada")).Sessions.Single().Handle;
        await LeaveEndAsync(app, handle);

        await app.Users.ListAsync("ada");

        Assert.Equal(["ended: EndedByUser"], app.Events.Lines);
    }

    [Fact]
    public async Task A_later_end_of_all_sessions_does_not_change_the_reason_of_an_end_that_was_left()
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada");
        var handle = (await app.Users.ListAsync("ada")).Sessions.Single().Handle;
        await LeaveEndAsync(app, handle);

        await app.Users.EndAllAsync("ada");

        Assert.Equal(["ended: EndedByUser"], app.Events.Lines);
    }

    [Fact]
    public async Task A_sign_in_that_completes_an_end_that_was_left_does_not_call_it_one_session_too_many()
    {
        await using var app = await UsersApp.StartAsync(static users => users.MaxSessionsPerUser = 2);
        await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(1));
        await app.SignInAsync("ada");
        var oldest = (await app.Users.ListAsync("ada")).Sessions[^1].Handle;
        await LeaveEndAsync(app, oldest);

        await app.SignInAsync("ada");

        Assert.Equal(["ended: EndedByUser", "created", "signed in"], app.Events.Lines);
    }

    [Fact]
    public async Task A_session_too_many_that_could_not_be_ended_is_told_as_such_when_it_is()
    {
        await using var app = await UsersApp.StartAsync(static users => users.MaxSessionsPerUser = 1);
        var first = await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(1));
        app.Events.Forget();
        FailOnce(app);
        await app.SignInAsync("ada");
        Assert.Equal(["end failed: TooManySessions", "created", "signed in"], app.Events.Lines);
        app.Events.Forget();

        Assert.Single((await app.Users.ListAsync("ada")).Sessions);

        Assert.Equal(["ended: TooManySessions"], app.Events.Lines);
        Assert.Equal("no one", await app.WhoAsync(first));
    }

    /// <summary>An end that is noted in the list of the user and gets no further. Its events are forgotten.</summary>
    private static async Task LeaveEndAsync(UsersApp app, string handle)
    {
        app.Sessions.Before = static _ => throw Away();
        await Assert.ThrowsAsync<SessionStoreException>(async () => await app.Users.EndAsync("ada", handle));
        app.Sessions.Before = static _ => Task.CompletedTask;
        app.Events.Forget();
    }

    private static void FailAfter(UsersApp app, int writes) =>
        app.Sessions.Before = call => call == "set" && writes-- <= 0 ? throw Away() : Task.CompletedTask;

    private static void FailOnce(UsersApp app)
    {
        var hasFailed = false;
        app.Sessions.Before = call =>
        {
            if (call != "set" || hasFailed)
            {
                return Task.CompletedTask;
            }

            hasFailed = true;
            throw Away();
        };
    }

    private static SessionStoreException Away() => new("down", SessionStoreOperation.Get, "Recording", isTransient: true);
}
