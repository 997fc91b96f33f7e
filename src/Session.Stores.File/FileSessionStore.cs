using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerSessions.Payload;
using ServerSessions.Stores.File.Engine;

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
    : ITouchableSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore,
        IDisposable,
        IAsyncDisposable
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "File";

    /// <summary>The bytes reserved for the id and the expiry in addition to the payload.</summary>
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

    /// <summary>Initializes a new instance of the <see cref="FileSessionStore"/> class. Opens nothing.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system clock.</param>
    /// <param name="logger">The logger; <see langword="null"/> for no logging.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid; the message names each invalid option.</exception>
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

    /// <inheritdoc/>
    public bool BoundsCalls => true;

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
            // Read again under the lock: another call may have replaced the file meanwhile.
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
    /// Starts the disposal that <see cref="DisposeAsync"/> performs, without waiting for it. New calls are refused; calls in progress
    /// complete; then the threads of the store end. Intended for containers that are disposed synchronously. If the process exits at once,
    /// a write that is not acknowledged may be lost. Idempotent, also together with <see cref="DisposeAsync"/>.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <summary>Stops pruning and completes calls in progress (within their operation timeout). Idempotent.</summary>
    /// <returns>A task that completes once all work of the store has ended.</returns>
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

    /// <summary>Runs work under the lock of a session, and sets an unreadable file aside under the same lock.</summary>
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

    /// <summary>Stores a session, or removes it if the expiry is not in the future.</summary>
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
