using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions.Payload;
using ServerSessions.Stores.File.Connection;
using ServerSessions.Stores.File.Statements;

namespace ServerSessions.Stores.File;

/// <summary>
/// A store that keeps each session in one file of a folder, in the format of Node's session-file-store, so that a Node app can share the
/// folder. The store opens the folder at first use and creates it if it is missing. Thread-safe.
/// </summary>
/// <remarks>
/// <para>No calling thread waits for the disk: the store has threads of its own. A file is written under a temporary name and renamed, so a
/// read returns the old or the new session, complete. Writes of one session run one after the other, also across processes, under a lock
/// that 1/256 of all sessions share. A call that is not served within <see cref="FileSessionStoreOptions.OperationTimeout"/> fails with
/// <see cref="SessionStoreUnavailableException"/>.</para>
/// <para>A payload that <see cref="SessionDocument.Parse"/> refuses, or whose cookie express-session cannot use, is refused with
/// <see cref="SessionPayloadException"/> before anything is written. The key <c>__lastAccess</c> belongs to the format: it is neither
/// stored nor returned. Records have no token; a compare-and-set compares their content without the cookie, which a touch rewrites.</para>
/// <para>An entry with a session's name that is not a session (a damaged file, a link, a FIFO, a folder) is never followed, waited for or
/// deleted. The first call that reads it renames it and fails with <see cref="SessionStoreException"/>; then the session is absent. A file
/// that Node's <c>JSON.parse</c> accepts is never renamed: if it is not a session, each call that reads it fails until it is replaced or
/// removed.</para>
/// <para>The code that creates the store disposes it. Disposal refuses new calls with <see cref="ObjectDisposedException"/>, completes
/// calls in progress, and stops pruning.</para>
/// </remarks>
public sealed partial class FileSessionStore
    : SessionStore,
        IOpenableSessionStore,
        ITouchableSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPruneReportingStore,
        ISiblingSessionStore
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "File";

    /// <summary>The bytes reserved for the id and the expiry in addition to the payload.</summary>
    private const int Envelope = 8 * 1024;

    private readonly FileLocation _location;
    private readonly string _shown;
    private readonly FileErrors _errors;
    private readonly FolderTrust _trust;
    private readonly SessionFiles _files;
    private readonly SessionFolder _folder;
    private readonly SessionExpiry _expiry;
    private readonly Func<string, SessionStore> _createSibling;
    private readonly PruneTimer _pruner;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _sweeping = new();
    private Task _sweep = Task.CompletedTask;

    /// <summary>Initializes a new instance of the <see cref="FileSessionStore"/> class. Opens nothing.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system clock.</param>
    /// <param name="logger">The logger; <see langword="null"/> for no logging.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid; the message names each invalid option.</exception>
    public FileSessionStore(FileSessionStoreOptions options, TimeProvider? timeProvider = null, ILogger<FileSessionStore>? logger = null)
        : base(
            BackendName,
            StoreOptionsRules.Valid(options, new FileSessionStoreOptionsValidator()).DefaultLifetime,
            timeProvider,
            logger
        )
    {
        var path = PathText.WithoutLineBreak(options.Path);
        _location = new FileLocation(Path.GetFullPath(path), options.FanOut) { IsMadeByOthers = !options.CreateFolder };
        _shown = PathText.Shown(path, _location.Folder);
        _errors = new FileErrors(_shown);
        _expiry = new SessionExpiry(options.DefaultLifetime);
        var siblings = options.ForSiblings();
        _createSibling = name => new FileSessionStore(siblings(name), timeProvider, logger);
        _trust = new FolderTrust(_location, _errors, options.AllowGroupAccess);
        _files = new SessionFiles(_location, _trust, _expiry, options.Durable);
        _folder = new SessionFolder(
            _location,
            _errors,
            _trust,
            new FolderOpening(_location, _errors, _trust, options.CreateFolder),
            options.OperationTimeout,
            Opened
        );

        // One pass, because each pass reads every file. It blocks no request: each removal is a separate call.
        _pruner = new PruneTimer(PruneAsync, new PruneSchedule(options.PruneInterval, Batch: int.MaxValue), Clock.TimeProvider, Logger);
    }

    /// <inheritdoc/>
    public override bool BoundsCalls => true;

    /// <summary>
    /// Opens the folder before its first use and creates what is missing. Idempotent. After a failure, the next call of any kind tries
    /// again.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes once the folder is open.</returns>
    /// <exception cref="SessionStoreException">The folder cannot be opened; the message says why and what to do.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await _folder.ReadAsync(SessionStoreOperation.Open, static () => true, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        var key = FileKey.OfSid(sid);
        try
        {
            return await _folder
                .ReadAsync(SessionStoreOperation.Get, () => ReadLive(key)?.ToRecord(), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (UnreadableFileException)
        {
            // Read again under the lock: another call may have replaced the file meanwhile.
            return await WriteAsync(SessionStoreOperation.Get, key, () => ReadLive(key)?.ToRecord(), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        var key = FileKey.OfSid(sid);
        var (payload, document) = ToStore(SessionStoreOperation.Set, record);
        await WriteAsync(SessionStoreOperation.Set, key, () => Write(key, payload, document, record.Expires), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        var key = FileKey.OfSid(sid);
        await WriteAsync(
                SessionStoreOperation.Destroy,
                key,
                () =>
                {
                    _files.Delete(key);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        var key = FileKey.OfSid(sid);
        return WriteAsync(SessionStoreOperation.Touch, key, () => Touch(key, record), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfUnusable(sid, record);
        var key = FileKey.OfSid(sid);
        var (payload, document) = ToStore(SessionStoreOperation.TrySet, record);
        return WriteAsync(
            SessionStoreOperation.TrySet,
            key,
            () =>
            {
                var current = ReadLive(key);
                if (current is null && expected is not null)
                {
                    return ConditionalSetResult.Missing;
                }

                if (current is not null && (expected is null || !HasContent(current, expected)))
                {
                    return ConditionalSetResult.Changed;
                }

                Write(key, payload, document, record.Expires);
                return ConditionalSetResult.Stored;
            },
            cancellationToken
        );
    }

    /// <summary>Stops pruning and completes calls in progress.</summary>
    /// <inheritdoc/>
    public ISessionStore GetSibling(string name) => Sibling(name, _createSibling);

    /// <inheritdoc/>
    protected override async Task CloseAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _pruner.DisposeAsync().ConfigureAwait(false);
        Task sweep;
        lock (_sweeping)
        {
            sweep = _sweep;
        }

        await sweep.ConfigureAwait(false);
        await _folder.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Runs work under the lock of a session, and sets an unreadable file aside under the same lock.</summary>
    private ValueTask<TResult> WriteAsync<TResult>(
        SessionStoreOperation operation,
        FileKey key,
        Func<TResult> write,
        CancellationToken cancellationToken
    ) =>
        _folder.WriteAsync(
            operation,
            key.Stripe,
            () =>
            {
                try
                {
                    return write();
                }
                catch (UnreadableFileException error) when (error.IsJson)
                {
                    throw _errors.NoSession(operation, error);
                }
                catch (UnreadableFileException error)
                {
                    var ending = _files.SetAside(key);
                    Log.SetAside(Logger, error.Message, ending);
                    throw _errors.SetAside(operation, error, ending);
                }
            },
            cancellationToken
        );

    private StoredSession? ReadLive(FileKey key) =>
        _files.Read(key) is { } session && !Clock.HasExpired(session.Expires) ? session : null;

    private bool Touch(FileKey key, SessionRecord record)
    {
        if (ReadLive(key) is not { } current)
        {
            return false;
        }

        var (payload, document) = (current.Payload, current.Document);
        if (CookieOf(record) is { } cookie)
        {
            payload = PayloadCookie.Replace(payload, document, cookie.Span);
            document.CookieJson = cookie;
        }

        return Write(key, payload, document, record.Expires);
    }

    /// <summary>Stores a session, or removes it if the expiry is not in the future.</summary>
    private bool Write(FileKey key, ReadOnlyMemory<byte> payload, SessionDocument document, DateTimeOffset? expires)
    {
        var now = Clock.Now;
        var end = Clock.ExpiryOf(expires, now);
        if (end > now)
        {
            _files.Write(key, payload.Span, document, end);
        }
        else
        {
            _files.Delete(key);
        }

        return true;
    }
}
