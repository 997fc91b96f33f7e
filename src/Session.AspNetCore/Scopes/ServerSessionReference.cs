namespace ServerSessions;

/// <summary>
/// Names the session of a request for work that outlives the request: the hub of a connection, a Blazor circuit, background work. Opens the
/// session as it is stored at that time. Holds no values, no request and no connection to the store. Safe for concurrent use.
/// </summary>
/// <remarks>
/// <para><c>HttpContext.GetServerSessionReference()</c> and <c>HubCallerContext.GetServerSessionReference()</c> return it. It cannot be
/// serialized, and its session id is not public: it is valid in this process only.</para>
/// <para>After the session was given a new id, by a sign-in for example, the reference finds none. Otherwise, someone who knew the id
/// before the sign-in would have the session after it. A new request or connection of the visitor has a new reference.</para>
/// </remarks>
public sealed class ServerSessionReference
{
    private readonly string _sid;
    private readonly SessionScopes _scopes;

    internal ServerSessionReference(string sid, SessionScopes scopes) => (_sid, _scopes) = (sid, scopes);

    /// <summary>
    /// Reads the session now. Does not extend it: its expiry stays as it is, unless <see cref="ServerSession.Touch"/> is called.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The scope with the session; <see langword="null"/> if the session has ended, was given a new id, or was never stored.
    /// </returns>
    /// <exception cref="SessionStoreException">The session could not be read. It is unknown whether it has ended.</exception>
    public ValueTask<ServerSessionScope?> FindAsync(CancellationToken cancellationToken = default) =>
        _scopes.Current.FindAsync(_sid, cancellationToken);

    /// <summary>
    /// Reads the session now, which must exist. Does not extend it: its expiry stays as it is, unless <see cref="ServerSession.Touch"/> is
    /// called.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The scope with the session.</returns>
    /// <exception cref="SessionNotFoundException">
    /// The session has ended, was given a new id, or was never stored. Close the connection, or let the client connect again.
    /// </exception>
    /// <exception cref="SessionStoreException">The session could not be read. It is unknown whether it has ended.</exception>
    public async ValueTask<ServerSessionScope> OpenAsync(CancellationToken cancellationToken = default) =>
        await FindAsync(cancellationToken) ?? throw new SessionNotFoundException(SessionStoreOperation.Get, _scopes.Backend);

    /// <summary>Calls a function once, as soon as it is known that the session has ended.</summary>
    /// <param name="close">The function. Called on any thread; must not block.</param>
    /// <returns>Disposing it ends the watch: the function does not run afterwards.</returns>
    internal IDisposable Watch(Action close) => _scopes.Current.Watch(_sid, close);

    /// <summary>Returns the name of the type. Ids must not reach logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => nameof(ServerSessionReference);
}
