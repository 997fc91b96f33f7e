using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The three operations that every session store has. What else a store can do is another interface of this
/// namespace that it also implements; whoever uses a store looks for those once, at start.
/// </summary>
/// <remarks>
/// <para><b>Absent is not an error.</b> A session that was never stored, was destroyed, or has expired is absent: the same
/// answer, <see langword="null"/>, and no exception. A session is expired when <c>now &gt;= expires</c>. A store whose backend
/// reports "no such entry" (file, folder, row, key) returns <see langword="null"/>, or throws <see cref="SessionNotFoundException"/> from a
/// get, or declares with <see cref="MissingFileMeansAbsent"/> what its file exceptions mean. Every other exception means trouble with the
/// backend, never absence.</para>
/// <para><b>Errors</b> are <see cref="SessionStoreException"/> or one of its children. Bad arguments are refused with an
/// <see cref="ArgumentException"/> before anything is read or written. No exception, log line, metric or trace carries a sid or
/// payload.</para>
/// <para><b>A sid</b> is any string that <see cref="Sid.ThrowIfInvalid"/> accepts: 1 to 512 characters, well-formed UTF-16, no NUL.
/// Two sids are the same when they are equal ordinally; a store never folds case or normalizes.</para>
/// <para><b>A record is a value.</b> What a caller does to its objects or buffers after a call never changes what is stored, and a
/// record handed out never changes.</para>
/// <para><b>Time</b> comes from a <see cref="TimeProvider"/>; instants are absolute, with a precision of at least one millisecond,
/// except where a Node-compatible format holds whole seconds: then an expiry is rounded up. Where the backend counts the remaining time
/// with a clock of its own, an expiry that it reports is off by the time the answer took.</para>
/// <para><b>Bytes.</b> A store holds what it is given and does not need to understand it. One whose format is JSON (a JSON column, a
/// document, a file with a member of its own) refuses bytes that are no session with <see cref="SessionPayloadException"/> before anything
/// is written. An empty payload is no session: a store may hold it, refuse it, or leave the session absent.</para>
/// <para><b>Threads.</b> Every member may be called from any number of threads at once. Operations on one sid appear in some order,
/// one after the other; there is no order between sids.</para>
/// <para><b>Cancellation</b> ends the caller's wait with an <see cref="OperationCanceledException"/>. A write that had already been
/// handed to the backend may still take effect.</para>
/// <para><b>Disposal.</b> A store that owns connections or timers is <see cref="IAsyncDisposable"/> and is disposed by whoever made
/// it, usually the service container. A client object that was handed in is not disposed by the store.</para>
/// </remarks>
public interface ISessionStore
{
    /// <summary>
    /// Raised when the backend can be used again after <see cref="Disconnected"/>. Handlers must be quick and must not throw.
    /// Default: never raised.
    /// </summary>
    event EventHandler? Connected
    {
        add { }
        remove { }
    }

    /// <summary>
    /// Raised when the store knows that its backend cannot be reached. Until <see cref="Connected"/> follows, consumers may refrain
    /// from calling. Default: never raised.
    /// </summary>
    event EventHandler? Disconnected
    {
        add { }
        remove { }
    }

    /// <summary>
    /// The name of the backend, as its makers spell it: <c>Redis</c>, <c>PostgreSQL</c>. It is the
    /// <see cref="SessionStoreException.Backend"/> of the store's exceptions, and stands in log lines and metrics. Consumers read it once,
    /// at start. It is the same for the whole life of the store.
    /// </summary>
    /// <value>
    /// Default: the name of the store's type without <c>SessionStore</c> or <c>Store</c> at its end: <c>Acme</c> for an
    /// <c>AcmeSessionStore</c>. A store that wraps another one returns the value of the wrapped store. Short, and without anything that
    /// differs between two stores on one backend: each value is a series of a metric.
    /// </value>
    string Backend => BackendName.Of(GetType());

    /// <summary>
    /// Whether a <see cref="FileNotFoundException"/> or <see cref="DirectoryNotFoundException"/> from <see cref="GetAsync"/> or
    /// <see cref="IGetAndTouchSessionStore.GetAndTouchAsync"/> means that the session is absent, as ENOENT does in express-session.
    /// Consumers read it once, at start. It is the same for the whole life of the store.
    /// </summary>
    /// <value>
    /// Default: <see langword="false"/>. These exceptions are then failures like any other: a missing certificate, password file or native
    /// library must not sign users out. Return <see langword="true"/> only if nothing but a missing session can cause them. A store that
    /// wraps another one and lets its exceptions through returns the value of the wrapped store.
    /// </value>
    bool MissingFileMeansAbsent => false;

    /// <summary>Reads a session. Never extends its life.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The record, or <see langword="null"/> where the session is absent. Its <see cref="SessionRecord.Expires"/> is the true expiry,
    /// as the backend holds it; a <c>cookie.expires</c> inside the payload may be older after a touch and is not looked at, except by
    /// stores whose payload <em>is</em> the expiry (memory, file).
    /// </returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed, or what it holds is no record.</exception>
    ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stores a session under its id, whether or not one is there: the last write wins. Payload and expiry are written in one step;
    /// nobody ever sees one without the other.
    /// </summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">
    /// What to store. Where it has no expiry the session lives for the store's default lifetime from now. An expiry that is not in
    /// the future leaves the session absent, and nothing of it at rest.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the backend has acknowledged the write.</returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed; the write may or may not have taken effect.</exception>
    ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default);

    /// <summary>Removes a session. Idempotent: where there is none, that is success too.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the session can no longer be read by anyone.</returns>
    /// <exception cref="ArgumentException">The sid is invalid.</exception>
    /// <exception cref="SessionStoreException">The backend failed; the session may or may not be gone.</exception>
    ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default);
}
