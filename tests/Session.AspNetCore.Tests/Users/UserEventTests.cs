namespace ServerSessions.Tests.Users;

/// <summary>What the events tell of users who are tracked: each sign-in and each end once, with its reason.</summary>
public sealed class UserEventTests
{
    [Fact]
    public async Task A_sign_in_is_told_once_with_its_method_the_first_time_and_again()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        await app.SignInAsync("ada", cookie);

        Assert.Equal(["created", "signed in", "renewed, sign-in: True", "changed", "signed in"], app.Events.Lines);
        Assert.Equal(["password", "password"], app.Events.Methods);
    }

    [Fact]
    public async Task A_sign_in_that_is_refused_is_no_sign_in()
    {
        await using var app = await UsersApp.StartAsync(static users =>
            (users.MaxSessionsPerUser, users.WhenTooMany) = (1, WhenTooManySessions.Refuse)
        );
        await app.SignInAsync("ada");
        using var visit = await app.SendAsync("/write");
        app.Events.Forget();
        using var refused = await app.SendAsync("/in?user=ada", visit.Cookie());

        Assert.Equal(500, (int)refused.StatusCode);
        Assert.DoesNotContain("signed in", app.Events.Lines);
    }

    [Fact]
    public async Task Another_user_ends_the_session_of_the_first_once()
    {
        await using var app = await UsersApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Events.Forget();
        await app.SignInAsync("bob", ada);

        Assert.Equal(["ended: UserChanged", "created", "signed in"], app.Events.Lines);
        Assert.Equal(["ada", "bob", "bob"], app.Events.Infos.TakeLast(3).Select(static info => info.Subject));
    }

    [Fact]
    public async Task One_session_too_many_ends_the_oldest_once()
    {
        await using var app = await UsersApp.StartAsync(static users => users.MaxSessionsPerUser = 1);
        await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(1));
        app.Events.Forget();
        await app.SignInAsync("ada");

        Assert.Equal(["ended: TooManySessions", "created", "signed in"], app.Events.Lines);
    }

    [Fact]
    public async Task A_sign_out_is_told_once()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        app.Events.Forget();
        using var response = await app.SendAsync("/out", cookie);

        Assert.Equal(["ended: Destroyed"], app.Events.Lines);
    }

    [Fact]
    public async Task A_sign_out_of_a_session_that_was_ended_before_is_told_no_second_time()
    {
        await using var app = await UsersApp.StartAsync();
        var cookie = await app.SignInAsync("ada");
        app.Events.Forget();
        using var response = await app.SendAsync("/out-everywhere", cookie);

        Assert.Equal(["ended: EndedElsewhere"], app.Events.Lines);
        Assert.Equal("no one", await app.WhoAsync(cookie));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_session_that_its_user_ends_is_told_once(int minutes)
    {
        await using var app = await UsersApp.StartAsync();
        await app.SignInAsync("ada");
        app.Time.Advance(TimeSpan.FromMinutes(minutes));
        app.Events.Forget();
        await app.Users.EndAsync("ada", (await app.Users.ListAsync("ada")).Sessions.Single().Handle);

        Assert.Equal(["ended: EndedByUser"], app.Events.Lines);
    }
}
