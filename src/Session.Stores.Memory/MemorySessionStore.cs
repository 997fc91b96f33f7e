using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ServerSessions.Stores.Memory;

/// <summary>
/// Stores sessions in the memory of this process. Bounded: drops the least recently used sessions. Prunes expired sessions. For
/// development, tests and single processes; sessions end with the process. Thread-safe.
/// </summary>
/// <remarks>
/// Implements every level of the contract. Every operation completes synchronously. As in express-session's MemoryStore, the payload is the
/// expiry: a touch also puts the new <c>cookie</c> member into the stored payload. Disposal stops pruning and is idempotent; the sessions
/// stay readable while the store is referenced.
/// </remarks>
public sealed partial class MemorySessionStore
    : ITouchableSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore,
        IDisposable,
        IAsyncDisposable
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "Memory";

    private readonly int _maxSessions;
    private readonly long _maxBytes;
    private readonly TimeSpan _defaultLifetime;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly SessionTable _table;
    private readonly ITimer _pruner;
    private int _evictionLogged;
    private volatile bool _disposed;

    /// <summary>Initializes a new instance of the <see cref="MemorySessionStore"/> class, empty, and starts its pruning.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">The clock and the timer; <see langword="null"/> for the system's.</param>
    /// <param name="logger">The logger, which gets one warning when the store is full; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public MemorySessionStore(
        MemorySessionStoreOptions options,
        TimeProvider? timeProvider = null,
        ILogger<MemorySessionStore>? logger = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        MemorySessionStoreOptionsValidator.ThrowIfInvalid(options);
        _maxSessions = options.MaxSessions;
        _maxBytes = options.MaxBytes;
        _defaultLifetime = options.DefaultLifetime;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<MemorySessionStore>.Instance;
        _table = new SessionTable(_maxSessions, _maxBytes);
        _pruner = _timeProvider.CreateTimer(
            static store => _ = ((MemorySessionStore)store!).PruneOnTimerAsync(),
            this,
            options.PruneInterval,
            options.PruneInterval
        );
    }

    /// <inheritdoc/>
    public string Backend => BackendName;

    /// <inheritdoc/>
    public bool BoundsCalls => true;

    /// <inheritdoc/>
    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<SessionRecord?>(cancellationToken)
            : ValueTask.FromResult(_table.Use(sid, _timeProvider.GetUtcNow()));
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid, record);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        ThrowIfTooLarge(record, SessionStoreOperation.Set);
        var now = _timeProvider.GetUtcNow();
        WarnIfEvicted(_table.Set(sid, ToStore(record.Payload, record.Expires, new SessionContent(), now), now));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        _table.Set(sid, record: null, _timeProvider.GetUtcNow());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid, record);
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = _timeProvider.GetUtcNow();
            if (_table.Find(sid, now) is not { } current)
            {
                return ValueTask.FromResult(false);
            }

            var payload = CookieTransplant.Apply(current.Payload, record.Payload);
            if (_table.TryReplace(sid, current, ToStore(payload, record.Expires, current.Token!, now), now, out var evicted))
            {
                WarnIfEvicted(evicted);
                return ValueTask.FromResult(true);
            }
        }

        return ValueTask.FromCanceled<bool>(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfInvalid(sid, record);
        ThrowIfTooLarge(record, SessionStoreOperation.TrySet);
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = _timeProvider.GetUtcNow();
            var current = _table.Find(sid, now);
            if (expected is not null && current is null)
            {
                return ValueTask.FromResult(ConditionalSetResult.Missing);
            }

            if (current is not null && (expected is null || !SessionContent.Matches(current, expected)))
            {
                return ValueTask.FromResult(ConditionalSetResult.Changed);
            }

            if (_table.TryReplace(sid, current, ToStore(record.Payload, record.Expires, new SessionContent(), now), now, out var evicted))
            {
                WarnIfEvicted(evicted);
                return ValueTask.FromResult(ConditionalSetResult.Stored);
            }
        }

        return ValueTask.FromCanceled<ConditionalSetResult>(cancellationToken);
    }

    /// <summary>Stops pruning. Idempotent.</summary>
    public void Dispose()
    {
        _disposed = true;
        _pruner.Dispose();
    }

    /// <summary>Stops pruning; a run in progress removes at most one more portion. Idempotent.</summary>
    /// <returns>A task that completes when no further run can start.</returns>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return _pruner.DisposeAsync();
    }

    private static void ThrowIfInvalid(string sid, SessionRecord record)
    {
        Sid.ThrowIfInvalid(sid);
        ArgumentNullException.ThrowIfNull(record);
    }

    private void ThrowIfTooLarge(SessionRecord record, SessionStoreOperation operation)
    {
        if (record.Payload.Length > _maxBytes)
        {
            throw new SessionStoreException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Could not store a session in memory: it has {record.Payload.Length} bytes, and the limit for all sessions is "
                        + $"{_maxBytes}. Nothing was written. Store less in it, or raise MemorySessionStoreOptions.MaxBytes."
                ),
                operation,
                BackendName,
                isTransient: false
            );
        }
    }

    /// <summary>Returns the record to store, with its actual expiry; <see langword="null"/> if that is not in the future.</summary>
    private SessionRecord? ToStore(ReadOnlyMemory<byte> payload, DateTimeOffset? expires, object content, DateTimeOffset now)
    {
        var end = expires ?? (_defaultLifetime < DateTimeOffset.MaxValue - now ? now + _defaultLifetime : DateTimeOffset.MaxValue);
        return end > now ? SessionRecord.TakeOwnership(payload, end, content) : null;
    }

    private void WarnIfEvicted(bool evicted)
    {
        if (evicted && Interlocked.Exchange(ref _evictionLogged, 1) == 0)
        {
            Log.SessionEvicted(_logger, _maxSessions, _maxBytes);
        }
    }
}
