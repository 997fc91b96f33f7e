using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The three operations that every session store has. Optional capabilities are other interfaces of this namespace. A consumer checks for
/// them once, at start.
/// </summary>
/// <remarks>
/// <para><b>Absent is not an error.</b> A session that was never stored, was destroyed, or has expired is absent. The result is then
/// <see langword="null"/>, without an exception. A session is expired if <c>now &gt;= expires</c>. If the backend reports "no such entry"
/// (file, folder, row, key), a get returns <see langword="null"/> or throws <see cref="SessionNotFoundException"/>. A store whose file
/// exceptions mean absence declares <see cref="MissingFileMeansAbsent"/>. Every other exception is a failure of the backend, never
/// absence.</para>
/// <para><b>Errors</b> are <see cref="SessionStoreException"/> or a derived class. Bad arguments are refused with
/// <see cref="ArgumentException"/> before anything is read or written. No exception, log line, metric or trace has a sid or a
/// payload.</para>
/// <para><b>A sid</b> is a string that <see cref="Sid.ThrowIfInvalid"/> accepts: 1 to 512 characters, well-formed UTF-16, no NUL. Sids are
/// compared ordinally; a store never folds case or normalizes.</para>
/// <para><b>A record is a value.</b> Changes that a caller makes to its objects or buffers after a call never change what is stored. A
/// returned record never changes.</para>
/// <para><b>Time</b> comes from a <see cref="TimeProvider"/>. Instants are absolute, with a precision of at least one millisecond. If a
/// Node-compatible format holds whole seconds, an expiry is rounded up. If the backend counts the remaining time with its own clock, a
/// reported expiry is off by the time that the reply took.</para>
/// <para><b>Bytes.</b> A store holds bytes and does not need to parse them. If its format is JSON (a JSON column, a document, a file with a
/// member of its own), it refuses bytes that are not a session. It then throws <see cref="SessionPayloadException"/> before anything is
/// written. An empty payload is not a session: a store may hold it, refuse it, or leave the session absent.</para>
/// <para><b>Threads.</b> Every member is safe for concurrent use. Operations on one sid take effect one after the other; there is no order
/// between sids.</para>
/// <para><b>Cancellation</b> ends the caller's wait with an <see cref="OperationCanceledException"/>. A write that the backend has already
/// received may still take effect.</para>
/// <para><b>Disposal.</b> A store that owns connections or timers is <see cref="IAsyncDisposable"/>. Its creator disposes it, usually the
/// service container. The store does not dispose a client object that was passed in.</para>
/// </remarks>
public interface ISessionStore
{
    /// <summary>
    /// Occurs when the backend can be used again after <see cref="Disconnected"/>. Handlers must be quick and must not throw. By default it
    /// never occurs.
    /// </summary>
    event EventHandler? Connected
    {
        add { }
        remove { }
    }

    /// <summary>
    /// Occurs when the store detects that its backend cannot be reached. Consumers may then skip calls until <see cref="Connected"/>. By
    /// default it never occurs.
    /// </summary>
    event EventHandler? Disconnected
    {
        add { }
        remove { }
    }

    /// <summary>
    /// The name of the backend in its usual spelling: <c>Redis</c>, <c>PostgreSQL</c>. It is the
    /// <see cref="SessionStoreException.Backend"/> of the store's exceptions, and appears in log lines and metrics. Consumers read it once,
    /// at start. It never changes.
    /// </summary>
    /// <value>
    /// The default is the name of the store's type without <c>SessionStore</c> or <c>Store</c> at its end: <c>Acme</c> for an
    /// <c>AcmeSessionStore</c>. A store that wraps another returns the value of the wrapped store. The value is short and the same for all
    /// stores on one backend, because each value is a series of a metric.
    /// </value>
    string Backend => BackendName.Of(GetType());

    /// <summary>
    /// Whether a <see cref="FileNotFoundException"/> or <see cref="DirectoryNotFoundException"/> from <see cref="GetAsync"/> or
    /// <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/> means that the session is absent, as ENOENT does in express-session.
    /// Consumers read it once, at start. It never changes.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>: these exceptions are failures, because a missing certificate, password file or native
    /// library must not sign users out. Return <see langword="true"/> only if nothing but a missing session can cause them. A store that
    /// wraps another, and passes on its exceptions, returns the value of the wrapped store.
    /// </value>
    bool MissingFileMeansAbsent => false;

    /// <summary>
    /// Whether the store bounds its own calls: each ends within the store's own timeout, also if the backend is unreachable, hangs or never
    /// replies. Consumers read it once, at start. It never changes.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>: a consumer, such as the middleware, makes each call with a timeout of its own. Return
    /// <see langword="true"/> only if every call of every interface of the store ends with
    /// <see cref="SessionStoreUnavailableException"/> at the latest when a documented timeout has passed. Each call must also end with
    /// <see cref="OperationCanceledException"/> when the caller's token is cancelled. The consumer then waits as long as the call takes. A
    /// store that wraps another returns the value of the wrapped store, unless it waits for something of its own.
    /// </value>
    bool BoundsCalls => false;

    /// <summary>
    /// The lifetime that the store gives to a session that is stored or touched without an expiry. A consumer tells by it when such a
    /// session was last used. It never changes.
    /// </summary>
    /// <value>
    /// More than zero. The default is <see langword="null"/>: the store does not tell. A store that wraps another returns the value of the
    /// wrapped store.
    /// </value>
    TimeSpan? DefaultLifetime => null;

    /// <summary>Reads a session. Never moves its expiry.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The record, or <see langword="null"/> if the session is absent. Its <see cref="SessionRecord.Expires"/> is the true expiry that the
    /// backend holds. A <c>cookie.expires</c> in the payload may be older after a touch, and is ignored. Exception: stores whose payload
    /// <em>is</em> the expiry (memory, file).
    /// </returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed, or the stored bytes are not a record.</exception>
    ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stores a session, whether or not one exists under the id: the last write wins. Payload and expiry are written in one step, and are
    /// never visible one without the other.
    /// </summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">
    /// The record to store. Without an expiry the session lives for the store's default lifetime from now. If the expiry is not in the
    /// future, the session becomes absent and nothing of it stays at rest.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the backend has acknowledged the write.</returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed; the write may or may not have taken effect.</exception>
    ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default);

    /// <summary>Removes a session. Idempotent: succeeds also if there is none.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the session can no longer be read.</returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed; the session may or may not have been removed.</exception>
    ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default);
}
