namespace ServerSessions;

/// <summary>
/// A session that was read outside of a request: in a method of a hub, in a Blazor circuit, in background work. Changes are stored by
/// <see cref="SaveAsync"/> only. Not safe for concurrent use; parallel scopes and requests have an object each and keep each other's keys.
/// </summary>
/// <remarks>
/// <para><see cref="ServerSessionReference.OpenAsync"/> returns it. Keep it for one piece of work, such as one method of a hub: what other
/// requests store in the meantime shows only in a scope that is opened later.</para>
/// <para>No response belongs to a scope, so no browser gets a cookie. <see cref="ServerSession.RenewIdAsync"/>,
/// <see cref="ServerSession.RenewForSignInAsync"/> and <see cref="ServerSession.RegenerateAsync"/> throw
/// <see cref="ResponseRequiredException"/>. <see cref="ServerSession.DestroyAsync"/> ends the session, and the browser keeps a cookie that
/// opens nothing. Lifetimes and attributes of the cookie are stored; the browser gets them with its next request.</para>
/// <para>The expiry stays as it is, also if a change is stored. <see cref="ServerSession.Touch"/> extends the session with the next
/// <see cref="SaveAsync"/>. <c>TakeAsync</c> and <c>UpdateAsync</c> store at once, as in a request.</para>
/// </remarks>
public sealed class ServerSessionScope : IAsyncDisposable
{
    private readonly RequestSession _request;
    private readonly ScopeCommit _commit;

    internal ServerSessionScope(RequestSession request, ServerSession session, ScopeCommit commit) =>
        (_request, Session, _commit) = (request, session, commit);

    /// <summary>The session. Its members throw <see cref="InvalidOperationException"/> after the scope was disposed.</summary>
    public ServerSession Session { get; }

    /// <summary>
    /// Stores the changes as the end of a request does: keys that requests and other scopes have stored in the meantime are kept, and a
    /// session that has ended stays ended. Calls the store only if something has changed or <see cref="ServerSession.Touch"/> was called.
    /// Does nothing after <see cref="ServerSession.DestroyAsync"/>. May be called again, also after a failure.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait. The changes may then have been stored.</param>
    /// <returns>A task that completes once the store has acknowledged the changes.</returns>
    /// <exception cref="SessionNotFoundException">
    /// The session has ended or was given a new id since the scope was opened. Nothing was stored. With a store that cannot compare and set
    /// this is not noticed.
    /// </exception>
    /// <exception cref="SessionLimitException">The session has grown past a limit. Nothing was stored.</exception>
    /// <exception cref="SessionCookieException">The cookie's attributes are such that browsers drop it. Nothing was stored.</exception>
    /// <exception cref="SessionStoreException">The session could not be stored, or it is unknown whether it was.</exception>
    /// <exception cref="ObjectDisposedException">The scope was disposed.</exception>
    public ValueTask SaveAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_request.Absence == SessionAbsence.Unset, this);
        return _commit.SaveAsync(_request, cancellationToken);
    }

    /// <summary>Returns the session for reading: its members that change it throw. There is nothing to save or to close.</summary>
    internal ServerSession ToReadOnly()
    {
        _request.Rules |= EndpointRules.ReadOnly;
        return Session;
    }

    /// <summary>Closes the scope. Changes that were not saved are dropped. Idempotent.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        _request.End(SessionAbsence.Unset);
        return ValueTask.CompletedTask;
    }
}
