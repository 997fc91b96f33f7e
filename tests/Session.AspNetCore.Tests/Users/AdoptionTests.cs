namespace ServerSessions.Tests.Users;

/// <summary>Sessions whose user is known, and that were signed in by Node or by an earlier version of the application.</summary>
public sealed class AdoptionTests
{
    [Fact]
    public async Task A_session_that_Node_signed_in_is_listed_from_its_next_request_on()
    {
        await using var app = await UsersApp.StartAsync(static users => users.Subject = static session => session.Get<string>("passport"));
        using var visit = await app.SendAsync("/node?user=ada");
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);

        Assert.Equal("ada", await app.WhoAsync(visit.Cookie()));
        var session = Assert.Single((await app.Users.ListAsync("ada")).Sessions);
        Assert.Null(session.Login.AuthenticatedAt);
        Assert.Equal("ada", await app.WhoAsync(visit.Cookie()));
        Assert.Equal(session.Handle, Assert.Single((await app.Users.ListAsync("ada")).Sessions).Handle);
        Assert.Equal(1, (await app.Users.EndAllAsync("ada")).Ended);
        Assert.Equal("no one", await app.WhoAsync(visit.Cookie()));
    }

    [Fact]
    public async Task Parallel_first_requests_list_the_session_once()
    {
        await using var app = await UsersApp.StartAsync(static users => users.Subject = static session => session.Get<string>("passport"));
        using var visit = await app.SendAsync("/node?user=ada");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.WhoAsync(visit.Cookie())));

        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
    }

    [Fact]
    public async Task A_store_of_lists_that_fails_does_not_keep_such_a_session_from_being_used()
    {
        await using var app = await UsersApp.StartAsync(static users => users.Subject = static session => session.Get<string>("passport"));
        using var visit = await app.SendAsync("/node?user=ada");
        app.Lists.Before = static _ => throw new SessionStoreUnavailableException("down", SessionStoreOperation.Get, "Recording");
        using var response = await app.SendAsync("/who", visit.Cookie());

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(1, app.Logs.Count("UserSessionNotListed"));
        app.Lists.Before = static _ => Task.CompletedTask;
        await app.WhoAsync(visit.Cookie());
        Assert.Single((await app.Users.ListAsync("ada")).Sessions);
    }
}
