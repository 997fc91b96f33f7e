using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerSessions.Payload;
using ServerSessions.Stores.File.Engine;

namespace ServerSessions.Stores.File;

/// <summary>
/// Sessions in a folder of files, one file each, as Node's session-file-store has them, so that a Node app can use the same folder at the
/// same time. Opens the folder at first use and creates it where it is missing.
/// </summary>
/// <remarks>
/// <para>No calling thread waits for the disk: a few threads of the store's own do. A file is written beside and then renamed, so a reader
/// has the old session or the new one, whole. Writes of one session are executed one after the other, across processes too, under a lock
/// that 1/256 of all sessions share. A call that cannot be served within <see cref="FileSessionStoreOptions.OperationTimeout"/> fails with
/// <see cref="SessionStoreUnavailableException"/>.</para>
/// <para>Payloads must be sessions: bytes that <see cref="SessionDocument.Parse"/> refuses, or whose cookie express-session could not work
/// with, are refused with <see cref="SessionPayloadException"/> before anything is written. The key <c>__lastAccess</c> belongs to the
/// format: it is neither stored nor handed out. Records carry no token; compared is their content without the cookie, which a touch
/// rewrites.</para>
/// <para>What lies under a session's name and is no session (a damaged file, a link, a FIFO, a folder) is never followed, waited for or
/// deleted: the first call that reads it sets it aside under another name and fails with <see cref="SessionStoreException"/>; after that
/// the session is absent. A file that Node's <c>JSON.parse</c> reads is never set aside: if it is no session, each call that reads it fails
/// until it is replaced or removed.</para>
/// <para>Whoever makes the store disposes it: that refuses new calls with <see cref="ObjectDisposedException"/>, lets those under way end,
/// and stops pruning.</para>
/// </remarks>
public sealed partial class FileSessionStore
    : ITouchableSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore,
        IDisposable,
        IAsyncDisposable
{
    /// <summary><see cref="ISessionStore.Backend"/> of every store of this kind.</summary>
    internal const string BackendName = "File";

    /// <summary>What is left for the id and the expiry beside the payload.</summary>
    private const int Envelope = 8 * 1024;

    private readonly FileLocation _location;
    private readonly string _shown;
    private readonly FileFailures _failures;
    private readonly FolderTrust _trust;
    private readonly SessionFiles _files;
    private readonly SessionFolder _folder;
    private readonly SessionExpiry _expiry;
    private readonly PruneTimer _pruning;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _disposing = new();
    private Task _sweep = Task.CompletedTask;
    private Task? _disposal;
    private volatile bool _disposed;

    /// <summary>Makes a store. Nothing is opened yet.</summary>
    /// <param name="options">The options; later changes to them have no effect.</param>
    /// <param name="timeProvider">What tells the time; <see langword="null"/>: the system's.</param>
    /// <param name="logger">Where to log; <see langword="null"/>: nowhere.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">The options break a rule; the message says which.</exception>
    public FileSessionStore(FileSessionStoreOptions options, TimeProvider? timeProvider = null, ILogger<FileSessionStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var valid = new FileSessionStoreOptionsValidator().Validate(Options.DefaultName, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(FileSessionStoreOptions), valid.Failures);
        }

        _timeProvider = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<FileSessionStore>.Instance;
        var path = PathText.WithoutLineBreak(options.Path);
        _location = new FileLocation(Path.GetFullPath(path), options.FanOut) { IsMadeByOthers = !options.CreateFolder };
        _shown = PathText.Shown(path, _location.Folder);
        _failures = new FileFailures(_shown);
        _expiry = new SessionExpiry(options.DefaultLifetime);
        _trust = new FolderTrust(_location, _failures, options.AllowGroupAccess);
        _files = new SessionFiles(_location, _trust, _expiry, options.Durable);
        _folder = new SessionFolder(
            _location,
            _failures,
            _trust,
            new FolderOpening(_location, _failures, _trust, options.CreateFolder),
            options.OperationTimeout,
            Opened
        );
        _pruning = CreatePruning(options.PruneInterval);
    }

    /// <inheritdoc/>
    public string Backend => BackendName;

    /// <summary>
    /// Opens the folder now rather than at first use, and creates what is missing. Idempotent. A failure is not kept: the next call of any
    /// kind tries again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the folder is open.</returns>
    /// <exception cref="SessionStoreException">It cannot be opened; the message says why and what to do.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await _folder.ReadAsync(SessionStoreOperation.Open, static () => true, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();
        var key = SessionKey.OfSid(sid);
        try
        {
            return await _folder
                .ReadAsync(SessionStoreOperation.Get, () => ReadLive(key)?.ToRecord(), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (UnreadableFileException)
        {
            // Only under the lock is it certain that nobody has put a good one there meanwhile.
            return await WriteAsync(SessionStoreOperation.Get, key, () => ReadLive(key)?.ToRecord(), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        var key = ThrowIfInvalid(sid, record);
        var (payload, document) = ToStore(SessionStoreOperation.Set, record);
        await WriteAsync(SessionStoreOperation.Set, key, () => Write(key, payload, document, record.Expires), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();
        var key = SessionKey.OfSid(sid);
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
        var key = ThrowIfInvalid(sid, record);
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
        var key = ThrowIfInvalid(sid, record);
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

    /// <summary>
    /// Begins what <see cref="DisposeAsync"/> does and waits for none of it: new calls are refused from now on, those under way end, and
    /// the threads of the store end after that. For containers that are disposed synchronously. A program that ends at once may end before
    /// a write that was not acknowledged yet. Idempotent, also together with <see cref="DisposeAsync"/>.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <summary>Stops pruning and lets calls under way end (within their busy timeout). Idempotent.</summary>
    /// <returns>A task that completes once nothing of this store runs any more.</returns>
    public ValueTask DisposeAsync()
    {
        lock (_disposing)
        {
            return new ValueTask(_disposal ??= CloseAsync());
        }
    }

    private async Task CloseAsync()
    {
        _disposed = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _pruning.DisposeAsync().ConfigureAwait(false);
        await _sweep.ConfigureAwait(false);
        await _folder.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Executes something under the lock of a session; what it finds unreadable is set aside there and then.</summary>
    private ValueTask<TResult> WriteAsync<TResult>(
        SessionStoreOperation operation,
        SessionKey key,
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
                    throw _failures.NoSession(operation, error);
                }
                catch (UnreadableFileException error)
                {
                    var ending = _files.SetAside(key);
                    Log.SetAside(_logger, error.Message, ending);
                    throw _failures.SetAside(operation, error, ending);
                }
            },
            cancellationToken
        );

    private StoredSession? ReadLive(SessionKey key) =>
        _files.Read(key) is { } session && session.Expires > _timeProvider.GetUtcNow() ? session : null;

    private bool Touch(SessionKey key, SessionRecord record)
    {
        if (ReadLive(key) is not { } current)
        {
            return false;
        }

        var (payload, document) = (current.Payload, current.Document);
        if (CookieOf(record) is { } cookie && !cookie.Span.SequenceEqual(document.CookieJson.Span))
        {
            payload = SessionFormat.WithCookie(payload, document, cookie.Span);
            document.CookieJson = cookie;
        }

        return Write(key, payload, document, record.Expires);
    }

    /// <summary>Stores, or removes where the expiry is not in the future.</summary>
    private bool Write(SessionKey key, ReadOnlyMemory<byte> payload, SessionDocument document, DateTimeOffset? expires)
    {
        var now = _timeProvider.GetUtcNow();
        var end = _expiry.Of(expires, now);
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

    private SessionKey ThrowIfInvalid(string sid, SessionRecord record)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
        ThrowIfDisposed();
        return SessionKey.OfSid(sid);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
