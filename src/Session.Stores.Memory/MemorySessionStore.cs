using System.Globalization;
using Microsoft.Extensions.Logging;

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
    : SessionStore,
        ITouchableSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IPrunableSessionStore,
        ISiblingSessionStore
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "Memory";

    private static readonly StoreErrors Errors = new(BackendName, "memory");

    private readonly int _maxSessions;
    private readonly long _maxBytes;
    private readonly SessionTable _table;
    private readonly Func<string, SessionStore> _createSibling;
    private readonly ITimer _pruner;
    private int _evictionLogged;
    private volatile bool _isClosed;

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
        : base(
            BackendName,
            StoreOptionsRules.Valid(options, new MemorySessionStoreOptionsValidator()).DefaultLifetime,
            timeProvider,
            logger
        )
    {
        _maxSessions = options.MaxSessions;
        _maxBytes = options.MaxBytes;
        _table = new SessionTable(_maxSessions, _maxBytes);
        var own = options.Copy();
        _createSibling = _ => new MemorySessionStore(own, timeProvider, logger);

        // Not a PruneTimer: one process has no other instances to avoid, and the interval is exact.
        _pruner = Clock.TimeProvider.CreateTimer(
            static store => _ = ((MemorySessionStore)store!).PruneOnTimerAsync(),
            this,
            options.PruneInterval,
            options.PruneInterval
        );
    }

    /// <inheritdoc/>
    public override bool BoundsCalls => true;

    /// <inheritdoc/>
    public override ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<SessionRecord?>(cancellationToken)
            : ValueTask.FromResult(_table.Use(sid, Clock.Now));
    }

    /// <inheritdoc/>
    public override ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid, record);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        ThrowIfTooLarge(record, SessionStoreOperation.Set);
        var now = Clock.Now;
        WarnIfEvicted(_table.Set(sid, ToStore(record.Payload, record.Expires, new SessionContent(), now), now));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        _table.Set(sid, record: null, Clock.Now);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfInvalid(sid, record);
        while (!cancellationToken.IsCancellationRequested)
        {
            var now = Clock.Now;
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
            var now = Clock.Now;
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

    /// <inheritdoc/>
    public ISessionStore GetSibling(string name) => Sibling(name, _createSibling);

    /// <inheritdoc/>
    protected override Task CloseAsync()
    {
        // A run in progress removes at most one more portion.
        _isClosed = true;
        return _pruner.DisposeAsync().AsTask();
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
            throw Errors.Failed(
                operation,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it has {record.Payload.Length} bytes, and the limit for all sessions is {_maxBytes}. Nothing was written. Store "
                        + $"less in it, or raise MemorySessionStoreOptions.MaxBytes."
                )
            );
        }
    }

    /// <summary>Returns the record to store, with its actual expiry; <see langword="null"/> if that is not in the future.</summary>
    private SessionRecord? ToStore(ReadOnlyMemory<byte> payload, DateTimeOffset? expires, object content, DateTimeOffset now)
    {
        var end = Clock.ExpiryOf(expires, now);
        return end > now ? SessionRecord.TakeOwnership(payload, end, content) : null;
    }

    private void WarnIfEvicted(bool evicted)
    {
        if (evicted && Interlocked.Exchange(ref _evictionLogged, 1) == 0)
        {
            Log.SessionEvicted(Logger, _maxSessions, _maxBytes);
        }
    }
}
