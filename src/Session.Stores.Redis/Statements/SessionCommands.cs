using System.Diagnostics;
using System.Runtime.CompilerServices;
using ServerSessions.Stores.Redis.Connection;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>Runs commands: one round trip for each, within the call's deadline, which the server gets too.</summary>
/// <remarks><see cref="RunAsync"/> takes its state from a pool: its task may be awaited only once.</remarks>
internal sealed class SessionCommands(RedisConnection connection, RedisErrors errors, StoreClock clock, string prefix)
{
    /// <summary>
    /// How often a write is sent that the server refuses as late although time is left: once more if the server's clock was not known, once
    /// more if it was set forward.
    /// </summary>
    private const int LateAttempts = 3;

    /// <summary>How often a call waits for the current attempt to connect, 20 ms each: 0.1 s in total.</summary>
    private const int ReasonAttempts = 5;

    private static readonly TimeSpan ReasonPause = TimeSpan.FromMilliseconds(20);

    private readonly PrimarySearch _primary = new();

    /// <summary>Returns the key of a session.</summary>
    public string Key(string sid) => prefix + sid;

    /// <summary>Returns what is known of the server that holds a session.</summary>
    public async ValueTask<KnownServer> ServerAsync(
        SessionStoreOperation operation,
        string sid,
        CallDeadline deadline,
        CancellationToken cancellationToken
    ) => connection.Server(await connection.MultiplexerAsync(operation, deadline, cancellationToken).ConfigureAwait(false), Key(sid));

    /// <summary>Runs a command.</summary>
    /// <param name="operation">What is being done.</param>
    /// <param name="command">The command.</param>
    /// <param name="sid">The session.</param>
    /// <param name="arguments">All its arguments. The first of a command with a deadline is set here.</param>
    /// <param name="deadline">When the call ends.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResult> RunAsync<TReply, TResult>(
        SessionStoreOperation operation,
        SessionCommand<TReply, TResult> command,
        string sid,
        RedisValue[] arguments,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        var multiplexer = await connection.MultiplexerAsync(operation, deadline, cancellationToken).ConfigureAwait(false);
        RedisKey[] keys = [Key(sid)];
        var (late, retries) = (0, default(Retries));
        while (true)
        {
            Task<TReply>? sent = null;
            try
            {
                var server = command.HasDeadline ? SetDeadline(arguments, multiplexer, keys[0], deadline) : null;
                var begun = Stopwatch.GetTimestamp();
                sent = command.SendAsync(connection.Database(multiplexer), keys, arguments, retries.ByText);
                var reply = await sent.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
                server?.Observe(RedisScript.ServerTime(command.Written(reply)), begun, Stopwatch.GetTimestamp());
                if (server is null || !RedisScript.IsLate(command.Written(reply)))
                {
                    return command.Read(reply, arguments, clock);
                }

                late++;
                if (late == LateAttempts || deadline.Remaining == TimeSpan.Zero)
                {
                    throw errors.Late(operation);
                }
            }
            catch (Exception error) when (command.IsRefusal(error))
            {
                return command.Refused;
            }
            catch (Exception error) when (error is not SessionStoreException && !IsCancelled(error, cancellationToken))
            {
                retries = await RecoverAsync(error, retries, multiplexer, operation, command.HasDeadline, deadline, cancellationToken)
                    .ConfigureAwait(false);
            }
            finally
            {
                CallDeadline.Abandon(sent);
            }
        }
    }

    /// <summary>Waits for a reply of the server and records its time. Reads and writes nothing.</summary>
    public async ValueTask ProbeAsync(CallDeadline deadline, CancellationToken cancellationToken)
    {
        const string sid = "open";
        var multiplexer = await connection.MultiplexerAsync(SessionStoreOperation.Open, deadline, cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.CheckDatabaseAsync(multiplexer).WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The next call times out too, and reports it.
        }

        var begun = Stopwatch.GetTimestamp();
        var time = await RunAsync(SessionStoreOperation.Open, RedisScript.Time, sid, [], deadline, cancellationToken).ConfigureAwait(false);
        connection.Server(multiplexer, Key(sid)).Clock.Observe(time, begun, Stopwatch.GetTimestamp());
    }

    /// <summary>Sets the first argument to the deadline in the time of the key's server, and returns that server's clock.</summary>
    private ServerClock SetDeadline(RedisValue[] arguments, IConnectionMultiplexer multiplexer, RedisKey key, CallDeadline deadline)
    {
        var server = connection.Server(multiplexer, key).Clock;
        arguments[0] = server.At(deadline.Timestamp);
        return server;
    }

    /// <summary>Prepares another attempt if it may succeed, and throws the exception of the call otherwise.</summary>
    private async ValueTask<Retries> RecoverAsync(
        Exception error,
        Retries retries,
        IConnectionMultiplexer multiplexer,
        SessionStoreOperation operation,
        bool hasDeadline,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        switch (error)
        {
            case RedisServerException { Kind: RedisErrorKind.NoScript } when !retries.ByText:
                // The server has lost its scripts: given the text, the driver loads it first.
                return retries with { ByText = true };
            case RedisServerException { Kind: RedisErrorKind.ReadOnly } when !retries.HasSearched:
                // Another server is the primary now; this one has written nothing.
                await _primary
                    .RunAsync(multiplexer)
                    .WaitAsync(deadline.Remaining, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                return retries with { HasSearched = true };
            case RedisConnectionException lost
                when IsUnexplained(lost) && retries.Waits < ReasonAttempts && deadline.Remaining > ReasonPause:
                await Task.Delay(ReasonPause, cancellationToken).ConfigureAwait(false);
                return retries with { Waits = retries.Waits + 1 };
            default:
                throw await FailureAsync(error, multiplexer, operation, hasDeadline, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<Exception> FailureAsync(
        Exception error,
        IConnectionMultiplexer multiplexer,
        SessionStoreOperation operation,
        bool hasDeadline,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        var mayBeExecuted = hasDeadline && IsGivenUp(error);
        if (mayBeExecuted || error is RedisConnectionException)
        {
            // The primary is down. Another server may be primary at the next call.
            _ = _primary.RunAsync(multiplexer);
        }

        if (mayBeExecuted)
        {
            // The driver may give up first, because its own timeout is shorter. The server may execute the command until the deadline.
            await deadline.PassAsync(cancellationToken).ConfigureAwait(false);
            return connection.Failure(new TimeoutException(), operation);
        }

        if (operation == SessionStoreOperation.Open && error is RedisConnectionException)
        {
            await connection.ExplainAsync(error, deadline, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return connection.Failure(error, operation);
    }

    private static bool IsCancelled(Exception error, CancellationToken cancellationToken) =>
        error is OperationCanceledException && cancellationToken.IsCancellationRequested;

    /// <summary>
    /// Whether no reply came within the timeout of the driver or the call, or the circuit breaker ended the silent connection.
    /// </summary>
    private static bool IsGivenUp(Exception error) =>
        error is TimeoutException or RedisConnectionException { FailureType: ConnectionFailureType.CircuitBreaker };

    /// <summary>
    /// Whether nothing was sent and the driver does not say why: it has started another attempt to connect and dropped the result of the
    /// last one. The end of this attempt shows whether the server is down or refused the password.
    /// </summary>
    private static bool IsUnexplained(RedisConnectionException error) =>
        error is { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection, InnerException: null };

    /// <summary>What a call has tried after an attempt that failed.</summary>
    private readonly record struct Retries(bool ByText, bool HasSearched, int Waits);
}
