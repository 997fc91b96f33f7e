using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>What an operator does, with the secrets and keys that the application has now.</summary>
internal sealed class ServerSessionOperator(SessionRuntimes runtimes, ISessionStore store) : IServerSessionOperator
{
    public string Backend => store.Backend;

    public SessionMoveMode? MoveMode => (store as MovingSessionStore)?.Mode;

    public bool CanCount => store is IEnumerableSessionStore;

    public bool KnowsUsers => runtimes.Current.Users is not null;

    public bool IsEncrypted => runtimes.Current.Options is { PayloadProtector: not null } or { Protection.Key: not null };

    private UserDirectory Directory =>
        runtimes.Current.Users?.Directory
        ?? throw new NotSupportedException("The sessions of users are not listed. Call AddUserSessions() on the builder.");

    public ValueTask<long> CountAsync(CancellationToken cancellationToken) =>
        store is IEnumerableSessionStore enumerable
            ? enumerable.LengthAsync(cancellationToken)
            : throw new NotSupportedException(
                $"The sessions were not counted: the session store ({Backend}) cannot. Use a store that implements IEnumerableSessionStore."
            );

    public ValueTask<UserSessionList> ListAsync(string subject, CancellationToken cancellationToken)
    {
        UserSubject.ThrowIfInvalid(subject);
        return Directory.ListAsync(subject, currentHandle: null, cancellationToken);
    }

    public ValueTask<UserSessionDetails?> FindAsync(string subject, string handle, CancellationToken cancellationToken)
    {
        UserSubject.ThrowIfInvalid(subject);
        ArgumentNullException.ThrowIfNull(handle);
        return Directory.FindAsync(subject, handle, cancellationToken);
    }

    public ValueTask<bool> EndAsync(string subject, string handle, CancellationToken cancellationToken)
    {
        UserSubject.ThrowIfInvalid(subject);
        ArgumentNullException.ThrowIfNull(handle);
        return Directory.EndAsync(subject, handle, SessionEndReason.EndedByOperator, cancellationToken);
    }

    public ValueTask<EndedUserSessions> EndAllAsync(string subject, CancellationToken cancellationToken)
    {
        UserSubject.ThrowIfInvalid(subject);
        return Directory.EndAllAsync(subject, exceptHandle: null, SessionEndReason.EndedByOperator, cancellationToken);
    }
}
