using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ServerSessions.Stores;

/// <summary>
/// The base of a session store: its clock, its logger, the checks that come first in every call, and its disposal. A derived store
/// implements the three required methods and <see cref="CloseAsync"/>, and further interfaces of the contract as its backend allows.
/// </summary>
/// <remarks>
/// <para>The creator of the store disposes it, usually the service container. From then on, <see cref="ThrowIfDisposed"/> refuses new calls
/// with <see cref="ObjectDisposedException"/>.</para>
/// <para>The members of this class are thread safe.</para>
/// </remarks>
public abstract class SessionStore : ISessionStore, IDisposable, IAsyncDisposable
{
    private readonly Lock _disposing = new();
    private SiblingStores? _siblings;
    private string? _siblingName;
    private Task? _disposal;
    private volatile bool _isDisposed;

    /// <summary>Initializes a new instance of the <see cref="SessionStore"/> class.</summary>
    /// <param name="backend">The value of <see cref="Backend"/>.</param>
    /// <param name="defaultLifetime">The lifetime of a session without an expiry; more than zero.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system clock.</param>
    /// <param name="logger">The logger; <see langword="null"/> for no logging.</param>
    protected SessionStore(string backend, TimeSpan defaultLifetime, TimeProvider? timeProvider, ILogger? logger)
    {
        Backend = backend;
        DefaultLifetime = defaultLifetime;
        Clock = new StoreClock(timeProvider ?? TimeProvider.System, defaultLifetime);
        Logger = logger ?? NullLogger.Instance;
    }

    /// <inheritdoc/>
    public string Backend { get; }

    /// <inheritdoc/>
    /// <value>Default <see langword="false"/>. Override it if every call of the store ends in time.</value>
    public virtual bool BoundsCalls => false;

    /// <summary>Gets the lifetime of a session that is stored or touched without an expiry.</summary>
    public TimeSpan DefaultLifetime { get; }

    TimeSpan? ISessionStore.DefaultLifetime => DefaultLifetime;

    /// <summary>Gets the store's clock.</summary>
    protected StoreClock Clock { get; }

    /// <summary>Gets the store's logger.</summary>
    protected ILogger Logger { get; }

    /// <inheritdoc/>
    public abstract ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default);

    /// <summary>
    /// Starts <see cref="DisposeAsync"/> without waiting for it. For containers that are disposed synchronously. If the process exits at
    /// once, a write that is not acknowledged may be lost. A failure is logged. Idempotent, also together with <see cref="DisposeAsync"/>.
    /// </summary>
    public void Dispose()
    {
        _ = LogFailureAsync(DisposeAsync().AsTask());
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Refuses new calls, and releases what the store owns. Calls in progress end within their timeout. A client that was passed in stays
    /// open. Idempotent.
    /// </summary>
    /// <returns>A task that completes once everything that the store owns is released.</returns>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        lock (_disposing)
        {
            _isDisposed = true;
            return new ValueTask(_disposal ??= CloseOnceAsync());
        }
    }

    /// <summary>
    /// Releases what the store owns. Called once. A lock is held until it returns its task, so it must not block before the first await.
    /// It may wait for calls in progress. If a call of the driver can hang, that wait must have a limit.
    /// </summary>
    /// <returns>A task that completes once everything is released.</returns>
    protected abstract Task CloseAsync();

    /// <summary>
    /// Returns the store of a name beside this one, for an <see cref="ISiblingSessionStore"/>. It is created at first use, and disposed
    /// with this store.
    /// </summary>
    /// <param name="name">The name, as the caller gave it.</param>
    /// <param name="create">Creates the store of a name. Must not reach the backend.</param>
    /// <returns>The store; the same one for each call with this name.</returns>
    /// <exception cref="ArgumentException">The name is invalid.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    protected SessionStore Sibling(string name, Func<string, SessionStore> create)
    {
        lock (_disposing)
        {
            ThrowIfDisposed();
            return (_siblings ??= new SiblingStores(key => Named(key, create(key)))).Get(name);
        }
    }

    /// <summary>
    /// Logs <see cref="StoreLog.Opened(ILogger, string)"/>. Of a store that is beside another one it says so: its records are no sessions.
    /// </summary>
    /// <param name="place">Where the records are kept: <c>the folder '/var/sessions'</c>.</param>
    protected void LogKeptIn(string place) =>
        StoreLog.Opened(Logger, _siblingName is null ? "Sessions" : $"Records beside the sessions ('{_siblingName}')", place);

    private static SessionStore Named(string name, SessionStore store)
    {
        store._siblingName = name;
        return store;
    }

    /// <summary>Closes, so that an exception before the first await is the result of each disposal too.</summary>
    private async Task CloseOnceAsync()
    {
        if (_siblings is { } siblings)
        {
            await siblings.DisposeAsync().ConfigureAwait(false);
        }

        await CloseAsync().ConfigureAwait(false);
    }

    private async Task LogFailureAsync(Task disposal)
    {
        try
        {
            await disposal.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // A driver may throw any exception, and no caller gets it.
            StoreLog.CloseFailed(Logger, error);
        }
    }

    /// <summary>Refuses a call of a disposed store.</summary>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    protected void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    /// <summary>Refuses an invalid session id and a call of a disposed store, in this order.</summary>
    /// <param name="sid">The session id.</param>
    /// <exception cref="ArgumentException">The id is invalid: <see cref="Sid.ThrowIfInvalid"/>.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    protected void ThrowIfUnusable(string sid)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();
    }

    /// <summary>Refuses an invalid session id, a missing record and a call of a disposed store, in this order.</summary>
    /// <param name="sid">The session id.</param>
    /// <param name="record">The record.</param>
    /// <exception cref="ArgumentException">The id is invalid, or the record is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    protected void ThrowIfUnusable(string sid, SessionRecord record)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        ThrowIfDisposed();
    }
}
