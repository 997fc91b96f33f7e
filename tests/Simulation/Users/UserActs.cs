namespace ServerSessions.Simulation.Users;

/// <summary>What can be done with the sessions of a user, with the promises that are due when it is acknowledged.</summary>
internal sealed class UserActs(UsersWorld world, string cookie, string handle)
{
    private readonly string _first = cookie;

    // The last id that the browser got.
    private string _latest = cookie;
    private int _signingOut;

    /// <summary>Whether a sign-out of the live session was acknowledged.</summary>
    public bool IsSignedOut { get; private set; }

    public Func<Task<bool>> Find(string act) =>
        act switch
        {
            "sign in" => SignInAsync,
            "renew" => RenewAsync,
            "renew twice" => RenewTwiceAsync,
            "write" => WriteAsync,
            "sign out" => () => SignOutAsync(_first),
            "sign out by the new id" => () => SignOutAsync(_latest),
            "end" => EndAsync,
            "end all" => EndAllAsync,
            "list" => ListAsync,
            _ => throw new ArgumentException($"No one can {act}.", nameof(act)),
        };

    private async Task<bool> SignInAsync()
    {
        var (status, set) = await world.SendAsync("in");
        return status == 200 && set is not null;
    }

    private async Task<bool> RenewAsync()
    {
        var (status, set) = await world.SendAsync("renew", _latest);
        _latest = status == 200 && set is not null ? set : _latest;
        return status == 200;
    }

    private async Task<bool> RenewTwiceAsync() => await RenewAsync() && await RenewAsync();

    private async Task<bool> WriteAsync() => (await world.SendAsync("write", _latest)).Status == 200;

    private async Task<bool> SignOutAsync(string with)
    {
        var wasLive = world.Now.IsLive(handle);
        _signingOut++;
        var (status, _) = await world.SendAsync("out", with);
        if (status != 200)
        {
            return false;
        }

        _signingOut--;
        IsSignedOut |= wasLive;

        // With two at once, the first may have removed the id that the second has, and ends the other one only later.
        if (wasLive && _signingOut == 0 && world.Now.IsLive(handle))
        {
            world.Violate("U5: a session is live after its sign-out was acknowledged");
        }

        return true;
    }

    private async Task<bool> EndAsync()
    {
        var isListed = await world.Users().EndAsync(UsersWorld.Subject, handle);
        if (isListed && world.Now.IsLive(handle))
        {
            world.Violate("U4: a session is live after its end was acknowledged");
        }

        return true;
    }

    private async Task<bool> EndAllAsync()
    {
        var before = world.Now.Lists.TryGetValue(UsersWorld.Subject, out var list) ? list.Entries : [];
        var result = await world.Users().EndAllAsync(UsersWorld.Subject);
        foreach (var entry in before.Where(entry => result.Failed == 0 && world.Now.IsLive(entry.Handle)))
        {
            world.Violate($"U4: {string.Join(' ', entry.Keys)} is live after the end of all was acknowledged");
        }

        return result.Failed == 0;
    }

    private async Task<bool> ListAsync()
    {
        world.BeginLook();
        var list = await world.Users().ListAsync(UsersWorld.Subject);
        foreach (var session in list.Sessions.Where(session => !world.WasLive(session.Handle)))
        {
            world.Violate($"U2: the list shows {session.Handle}, which was not live since it was asked for");
        }

        if (list.Sessions.Select(static session => session.Handle).Distinct().Count() != list.Sessions.Count)
        {
            world.Violate("U3: a list shows a session twice");
        }

        return true;
    }
}
