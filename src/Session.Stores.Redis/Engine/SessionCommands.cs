using System.Diagnostics;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>Runs the scripts: one round trip for each call, within the call's deadline, which the server gets too.</summary>
/// <remarks><see cref="RunAsync{TReply, TResult}"/> takes its state from a pool: its task may be awaited only once.</remarks>
internal sealed class SessionCommands(RedisConnection connection, RedisFailures failures)
{
    /// <summary>
    /// How often a write is sent that the server refuses as late although time is left: once more if the server's clock was not known, once
    /// more if it was set forward.
    /// </summary>
    private const int LateAttempts = 3;

    /// <summary>How often a call waits for the current attempt to connect, 20 ms each: 0.1 s in total.</summary>
    private const int ReasonAttempts = 5;

    private readonly PrimarySearch _primary = new();

    private static readonly TimeSpan ReasonPause = TimeSpan.FromMilliseconds(20);

    /// <param name="operation">What is being done.</param>
    /// <param name="script">A script.</param>
    /// <param name="key">The key.</param>
    /// <param name="arguments">All its arguments. The first of a script with a deadline is set here.</param>
    /// <param name="reply">Converts the reply, unless that says that the call was late.</param>
    /// <param name="deadline">When the call ends.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResult> RunAsync<TReply, TResult>(
        SessionStoreOperation operation,
        RedisScript script,
        RedisKey key,
        RedisValue[] arguments,
        TReply reply,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
        where TReply : struct, IReply<TResult>
    {
        var multiplexer = await connection.MultiplexerAsync(operation, deadline, cancellationToken).ConfigureAwait(false);
        Task<RedisResult>? sent = null;
        var late = 0;
        var hasSearched = false;
        for (var attempt = 0; ; attempt++)
        {
            var clock = script.HasDeadline ? connection.Clock(multiplexer, key) : null;
            if (clock is not null)
            {
                arguments[0] = clock.At(deadline.Timestamp);
            }

            var begun = Stopwatch.GetTimestamp();
            RedisResult result;
            try
            {
                var database = connection.Database(multiplexer);
                RedisKey[] keys = [key];
                try
                {
                    sent = database.ScriptEvaluateAsync(script.Hash, keys, arguments, CommandFlags.DemandMaster);
                    result = await sent.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
                }
                catch (RedisServerException error) when (error.Kind == RedisErrorKind.NoScript)
                {
                    // The server has lost its scripts: given the text, the driver loads it first.
                    sent = database.ScriptEvaluateAsync(script.Text, keys, arguments, CommandFlags.DemandMaster);
                    result = await sent.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (RedisConnectionException error)
                when (IsUnexplained(error) && deadline.Remaining > ReasonPause && attempt < ReasonAttempts)
            {
                Abandoned.Observe(sent);
                await Task.Delay(ReasonPause, cancellationToken).ConfigureAwait(false);
                continue;
            }
            catch (RedisServerException error) when (error.Kind == RedisErrorKind.ReadOnly && !hasSearched)
            {
                // Another server is the primary now; this one has written nothing.
                hasSearched = true;
                await _primary
                    .RunAsync(multiplexer)
                    .WaitAsync(deadline.Remaining, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }
            catch (Exception error) when (script.HasDeadline && IsGivenUp(error))
            {
                // The driver gave up, because its own timeout is shorter. The server may still execute the command until the deadline, so
                // wait for that.
                Abandoned.Observe(sent);
                _ = _primary.RunAsync(multiplexer);
                await deadline.PassAsync(cancellationToken).ConfigureAwait(false);
                throw connection.Failure(new TimeoutException(), operation);
            }
            catch (Exception error)
            {
                Abandoned.Observe(sent);
                if (error is OperationCanceledException && cancellationToken.IsCancellationRequested)
                {
                    throw;
                }

                if (error is RedisConnectionException)
                {
                    // The primary is down. Another server may be primary at the next call.
                    _ = _primary.RunAsync(multiplexer);
                    if (operation == SessionStoreOperation.Open)
                    {
                        await connection.ExplainAsync(error, deadline, cancellationToken).ConfigureAwait(false);
                        cancellationToken.ThrowIfCancellationRequested();
                    }
                }

                throw connection.Failure(error, operation);
            }

            try
            {
                if (clock is not null)
                {
                    var written = new WriteReply(result);
                    clock.Observe(written.ServerTime, begun, Stopwatch.GetTimestamp());
                    if (written.Outcome == WriteOutcome.Late)
                    {
                        late++;
                        if (late == LateAttempts || deadline.Remaining == TimeSpan.Zero)
                        {
                            throw failures.Late(operation);
                        }

                        continue;
                    }
                }

                return reply.Take(result);
            }
            catch (Exception error) when (error is not SessionStoreException)
            {
                // Not the script's reply: a proxy between here and the server sent it.
                throw connection.Failure(error, operation);
            }
        }
    }

    /// <summary>Waits for a reply of the server and records its time. Reads and writes nothing.</summary>
    public async ValueTask ProbeAsync(RedisKey key, CallDeadline deadline, CancellationToken cancellationToken)
    {
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
        var time = await RunAsync<TimeReply, long>(
                SessionStoreOperation.Open,
                RedisScript.Time,
                key,
                [],
                default,
                deadline,
                cancellationToken
            )
            .ConfigureAwait(false);
        connection.Clock(multiplexer, key).Observe(time, begun, Stopwatch.GetTimestamp());
    }

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
}
