using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Redis.Engine;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis;

/// <summary>
/// Stores sessions in Redis or a Redis Cluster: one string with a time to live for each session. The keys are those of Node's
/// connect-redis, so a Node app can use them at the same time. Connects at first use. Redis removes expired sessions. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Each call for one session is one round trip with one key. It fails with <see cref="SessionStoreUnavailableException"/> after <see
/// cref="RedisSessionStoreOptions.OperationTimeout"/>, and at once if there is no connection. A write that has not been executed by then is
/// never executed: the server compares the deadline with its own clock. Only <see cref="GetAndTouchAsync"/> may move an expiry late.</para>
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
    : IGetAndTouchSessionStore,
        IEnumerableSessionStore,
        IConditionalSessionStore,
        IDisposable,
        IAsyncDisposable
{
    /// <summary>The value of <see cref="ISessionStore.Backend"/>.</summary>
    internal const string BackendName = "Redis";

    private readonly RedisConnection _connection;
    private readonly SessionCommands _commands;
    private readonly KeyScan _scan;
    private readonly SessionKeys _keys;
    private readonly RedisSettings _settings;
    private readonly RedisFailures _failures;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly TimeSpan _defaultLifetime;

    /// <summary>Initializes a new instance of the <see cref="RedisSessionStore"/> class. Does not connect.</summary>
    /// <param name="options">The options. Later changes to them have no effect.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">The logger; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">An option is invalid. The message lists every fault.</exception>
    public RedisSessionStore(RedisSessionStoreOptions options, TimeProvider? timeProvider = null, ILogger<RedisSessionStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var valid = new RedisSessionStoreOptionsValidator().Validate(Options.DefaultName, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(RedisSessionStoreOptions), valid.Failures);
        }

        _timeProvider = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<RedisSessionStore>.Instance;
        _defaultLifetime = options.DefaultLifetime;
        _keys = new SessionKeys(options.Prefix);
        _settings = new RedisSettings(options);
        _failures = new RedisFailures(_settings);
        _connection = new RedisConnection(_settings, _failures, Opened, Reachable);
        _commands = new SessionCommands(_connection, _failures);
        _scan = new KeyScan(_connection, _failures, _keys, _settings);
    }

    /// <inheritdoc/>
    public string Backend => BackendName;

    /// <inheritdoc/>
    public bool BoundsCalls => true;

    /// <inheritdoc/>
    public event EventHandler? Connected;

    /// <inheritdoc/>
    public event EventHandler? Disconnected;

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
    public ValueTask OpenAsync(CancellationToken cancellationToken = default) =>
        _commands.ProbeAsync(_keys.Key("open"), Deadline(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        RunAsync<RecordReply, SessionRecord?>(
            SessionStoreOperation.Get,
            RedisScript.Get,
            sid,
            [],
            new RecordReply(this),
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        await RunAsync<DoneReply, bool>(
                SessionStoreOperation.Set,
                RedisScript.Set,
                sid,
                [default, Payload(record), Life(record)],
                default,
                cancellationToken
            )
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
        await RunAsync<DoneReply, bool>(SessionStoreOperation.Destroy, RedisScript.Destroy, sid, [default], default, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        RunAsync<DoneReply, bool>(SessionStoreOperation.Touch, RedisScript.Touch, sid, [default, Life(record)], default, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    )
    {
        RedisValue[] arguments = expected is null
            ? [default, Payload(record), Life(record)]
            : [default, Payload(record), Life(record), expected.Payload];
        return RunAsync<ConditionalReply, ConditionalSetResult>(
            SessionStoreOperation.TrySet,
            RedisScript.TrySet,
            sid,
            arguments,
            default,
            cancellationToken
        );
    }

    /// <summary>
    /// Starts <see cref="DisposeAsync"/> without waiting for it. New calls are refused at once; calls in progress end; then the store
    /// closes its own connection. For containers that are disposed synchronously. If the process exits immediately, a write that was not
    /// acknowledged may be lost. Idempotent, also together with <see cref="DisposeAsync"/>.
    /// </summary>
    public void Dispose() => _ = DisposeAsync().AsTask();

    /// <summary>Closes the store's own connection; leaves one that was passed in open. Idempotent.</summary>
    /// <returns>A task that completes when the connection is closed.</returns>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    internal void NotReachableAtStart(SessionStoreUnavailableException error) => Log.NotReachableAtStart(_logger, error.Message);

    private ValueTask<TResult> RunAsync<TReply, TResult>(
        SessionStoreOperation operation,
        RedisScript script,
        string sid,
        RedisValue[] arguments,
        TReply reply,
        CancellationToken cancellationToken
    )
        where TReply : struct, IReply<TResult>
    {
        Sid.ThrowIfInvalid(sid);
        return _commands.RunAsync<TReply, TResult>(operation, script, _keys.Key(sid), arguments, reply, Deadline(), cancellationToken);
    }

    private ReadReply Read(RedisResult result)
    {
        var reply = new ReadReply(result);
        return reply.IsWrongType ? throw _failures.WrongType(SessionStoreOperation.Get) : reply;
    }

    private static RedisValue Payload(SessionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Payload.IsEmpty ? throw new ArgumentException("An empty payload is no session.", nameof(record)) : record.Payload;
    }

    /// <summary>Milliseconds to live, rounded up so that no session ends early; 0 if the expiry is not in the future.</summary>
    private long Life(SessionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Life(record.Expires);
    }

    private long Life(DateTimeOffset? until)
    {
        var now = _timeProvider.GetUtcNow();
        var latest = DateTimeOffset.MaxValue - now;
        var life =
            until is { } expires ? expires - now
            : _defaultLifetime < latest ? _defaultLifetime
            : latest;
        return life <= TimeSpan.Zero ? 0 : (long)Math.Ceiling(life.TotalMilliseconds);
    }

    private SessionRecord Record(byte[] payload, long left)
    {
        var now = _timeProvider.GetUtcNow();
        var expires =
            left < 0 || left >= (DateTimeOffset.MaxValue - now).TotalMilliseconds ? DateTimeOffset.MaxValue : now.AddMilliseconds(left);
        return SessionRecord.TakeOwnership(payload, expires);
    }

    private CallDeadline Deadline() => CallDeadline.In(_settings.Timeout);

    private void Opened() => Log.Opened(_logger, _settings.Servers, Math.Max(_settings.Database, 0), _keys.Prefix);

    private void Reachable(bool isReachable)
    {
        if (isReachable)
        {
            Log.Connected(_logger, _settings.Servers);
            Raise(Connected);
        }
        else
        {
            Log.Disconnected(_logger, _settings.Servers);
            Raise(Disconnected);
        }
    }

    private void Raise(EventHandler? handlers) => ConnectionHandlers.Call(handlers, this, error => Log.HandlerFailed(_logger, error));

    private readonly struct RecordReply(RedisSessionStore store) : IReply<SessionRecord?>
    {
        public SessionRecord? Take(RedisResult result)
        {
            var reply = store.Read(result);
            return reply.Payload is { } payload ? store.Record(payload, reply.Milliseconds) : null;
        }
    }
}
