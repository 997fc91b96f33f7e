using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Redis.Connection;
using ServerSessions.Stores.Redis.Statements;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis;

/// <summary>
/// Stores sessions in Redis or a Redis Cluster: one string with a time to live for each session. The keys are those of Node's
/// connect-redis, so a Node app can use them at the same time. Connects at first use. Redis removes expired sessions. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Each call for one session is one step of the server, and usually one round trip. It fails with <see
/// cref="SessionStoreUnavailableException"/> after <see cref="RedisSessionStoreOptions.OperationTimeout"/>, and at once if there is no
/// connection. A write that has not been executed by then is never executed: the server compares the deadline with its own clock. Two
/// calls may take effect late: <see cref="TrySetAsync"/> over the content that it expects, and the touch of <see
/// cref="GetAndTouchAsync"/>.</para>
/// <para>The clock of Redis decides what is expired. An expiry is written and read as milliseconds from now, so the clocks of application
/// and server may differ. An expiry that is read may be off by the duration of the reply. A key without a time to live (connect-redis'
/// <c>disableTTL</c>) never expires: <see cref="DateTimeOffset.MaxValue"/>.</para>
/// <para>An empty string is absent, as in connect-redis; an empty payload is refused with an <see cref="ArgumentException"/>. A key of
/// another type is an error, with three exceptions: <see cref="SetAsync"/> replaces it, <see cref="DestroyAsync"/> removes it, and <see
/// cref="AllAsync"/> leaves it out.</para>
/// <para>The creator of the store disposes it. From then on, calls throw <see cref="ObjectDisposedException"/>. The store closes its own
/// connection and leaves one that was passed in open.</para>
/// </remarks>
public sealed partial class RedisSessionStore
    : SessionStore,
        IOpenableSessionStore,
        IGetAndTouchSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        ISiblingSessionStore
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "Redis";

    private readonly RedisSettings _settings;
    private readonly RedisErrors _errors;
    private readonly Func<string, SessionStore> _createSibling;
    private readonly RedisConnection _connection;
    private readonly SessionCommands _commands;
    private readonly SessionReads _reads;
    private readonly SessionWrites _writes;
    private readonly ConnectionEvents _events;

    /// <summary>Initializes a new instance of the <see cref="RedisSessionStore"/> class. Does not connect.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">The logger; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid. The message lists every fault.</exception>
    public RedisSessionStore(RedisSessionStoreOptions options, TimeProvider? timeProvider = null, ILogger<RedisSessionStore>? logger = null)
        : base(
            BackendName,
            StoreOptionsRules.Valid(options, new RedisSessionStoreOptionsValidator()).DefaultLifetime,
            timeProvider,
            logger
        )
    {
        _settings = new RedisSettings(options);
        var siblings = options.ForSiblings();
        _createSibling = name => new RedisSessionStore(siblings(name), timeProvider, logger);
        _errors = new RedisErrors(_settings);
        _events = new ConnectionEvents(this, _errors.Place, Logger);
        _connection = new RedisConnection(_settings, _errors, LogOpened, LogMet, _events.Report);
        _commands = new SessionCommands(_connection, _errors, Clock, _settings.Prefix);
        var large = new LargeSessions();
        _reads = new SessionReads(_commands, large);
        _writes = new SessionWrites(_commands, large);
    }

    /// <inheritdoc/>
    public override bool BoundsCalls => true;

    /// <inheritdoc/>
    public event EventHandler? Connected
    {
        add => _events.Connected += value;
        remove => _events.Connected -= value;
    }

    /// <inheritdoc/>
    public event EventHandler? Disconnected
    {
        add => _events.Disconnected += value;
        remove => _events.Disconnected -= value;
    }

    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: setting a time to live costs the server about as much as reading it.</value>
    public bool IsTouchCheap => true;

    /// <summary>
    /// Connects now instead of at first use, and waits for a reply of the server. Idempotent. After a failure, the next call of any kind
    /// tries again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when the server has replied.</returns>
    /// <exception cref="SessionStoreException">
    /// The store cannot connect. The message says why and what to do. A <see cref="SessionStoreUnavailableException"/> if the server is
    /// only unreachable.
    /// </exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _commands.ProbeAsync(Deadline(), cancellationToken);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        var read = await _reads.GetAsync(SessionStoreOperation.Get, sid, Deadline(), cancellationToken).ConfigureAwait(false);
        return StringOf(read).Record;
    }

    /// <inheritdoc/>
    /// <remarks>A call that failed may still move the expiry afterwards, if the session still begins with the prefix.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid,
        SessionTouchPlan plan,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfUnusable(sid);

        // A copy: the driver may send it after the caller has stopped waiting and reused the buffer.
        var read = await _reads
            .GetAndTouchAsync(sid, plan.Prefix.ToArray(), Life(plan.Expires), Deadline(), cancellationToken)
            .ConfigureAwait(false);
        return new GetAndTouchResult { Record = StringOf(read).Record, IsTouched = read.IsTouched };
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        await _writes.SetAsync(sid, Payload(record), Life(record.Expires), Deadline(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid);
        await _commands
            .RunAsync(SessionStoreOperation.Destroy, RedisScript.Destroy, sid, [default], Deadline(), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        RedisValue[] arguments = [default, Life(record.Expires)];
        var touched = await _commands
            .RunAsync(SessionStoreOperation.Touch, RedisScript.Touch, sid, arguments, Deadline(), cancellationToken)
            .ConfigureAwait(false);
        return touched == WriteOutcome.Done;
    }

    /// <inheritdoc/>
    /// <remarks>A call that failed may still store the record afterwards, if the session then is as expected, and not absent.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        ThrowIfUnusable(sid, record);
        var (payload, life) = (Payload(record), Life(record.Expires));
        var written = expected is null
            ? await _writes.CreateAsync(sid, payload, life, Deadline(), cancellationToken).ConfigureAwait(false)
            : await _writes.ReplaceAsync(sid, payload, life, expected.Payload, Deadline(), cancellationToken).ConfigureAwait(false);
        return written switch
        {
            WriteOutcome.Done => ConditionalSetResult.Stored,
            WriteOutcome.Missing => ConditionalSetResult.Missing,
            _ => ConditionalSetResult.Changed,
        };
    }

    /// <inheritdoc/>
    public ISessionStore GetSibling(string name) => Sibling(name, _createSibling);

    /// <inheritdoc/>
    protected override Task CloseAsync() => _connection.CloseAsync();

    private ReadResult StringOf(ReadResult read) => read.IsWrongType ? throw _errors.WrongType(SessionStoreOperation.Get) : read;

    private static ReadOnlyMemory<byte> Payload(SessionRecord record) =>
        record.Payload.IsEmpty ? throw new ArgumentException("An empty payload is no session.", nameof(record)) : record.Payload;

    /// <summary>Milliseconds to live, rounded up so that no session ends early; 0 if the expiry is not in the future.</summary>
    private long Life(DateTimeOffset? expires)
    {
        var now = Clock.Now;
        var life = Clock.ExpiryOf(expires, now) - now;
        return life <= TimeSpan.Zero ? 0 : (long)Math.Ceiling(life.TotalMilliseconds);
    }

    private CallDeadline Deadline() => CallDeadline.In(_settings.Timeout);
}
