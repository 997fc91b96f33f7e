namespace ServerSessions;

/// <summary>The sessions of users with the secrets and keys that the application has now.</summary>
internal sealed class UserSessions(SessionRuntimes runtimes) : IUserSessions
{
    private UserDirectory Directory => runtimes.Current.Users!.Directory;

    public ValueTask<UserSessionList> ListAsync(string subject, string? currentHandle, CancellationToken cancellationToken)
    {
        UserSubject.ThrowIfInvalid(subject);
        return Directory.ListAsync(subject, currentHandle, cancellationToken);
    }

    public ValueTask<int> CountAsync(string subject, CancellationToken cancellationToken)
    {
        UserSubject.ThrowIfInvalid(subject);
        return Directory.CountAsync(subject, cancellationToken);
    }

    public ValueTask<bool> EndAsync(string subject, string handle, CancellationToken cancellationToken)
    {
        UserSubject.ThrowIfInvalid(subject);
        ArgumentNullException.ThrowIfNull(handle);
        return Directory.EndAsync(subject, handle, SessionEndReason.EndedByUser, cancellationToken);
    }

    public ValueTask<EndedUserSessions> EndAllAsync(string subject, string? exceptHandle, CancellationToken cancellationToken)
    {
        UserSubject.ThrowIfInvalid(subject);
        return Directory.EndAllAsync(subject, exceptHandle, SessionEndReason.EndedElsewhere, cancellationToken);
    }

    public ValueTask<RebuiltUserIndex> RebuildAsync(CancellationToken cancellationToken)
    {
        var runtime = runtimes.Current;
        return runtime.Users!.Stores.Sessions is IEnumerableSessionStore store
            ? runtime.Users.Directory.RebuildAsync(store, cancellationToken)
            : throw new NotSupportedException(
                $"The lists of users' sessions were not rebuilt: the session store ({runtime.Backend}) cannot list its sessions. Use a "
                    + "store that implements IEnumerableSessionStore."
            );
    }
}
