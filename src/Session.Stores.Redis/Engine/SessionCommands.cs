using System.Diagnostics;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>Runs the scripts: one round trip a call, within the call's deadline, which the server is told as well.</summary>
/// <remarks>
/// The method that every call passes through takes its state from a pool: its task is awaited once, by the store or its caller.
/// </remarks>
internal sealed class SessionCommands(RedisConnection connection, RedisFailures failures)
{
    /// <summary>
    /// How often a write is sent again after the server has said that it came too late, although time is left here: once where the server's
    /// clock was not known, once more where it was set forward.
    /// </summary>
    private const int LateAttempts = 3;

    /// <summary>
    /// How often a call waits for the end of an attempt to connect that is under way: a tenth of a second, when a server is away, is still
    /// at once.
    /// </summary>
    private const int ReasonAttempts = 5;

    private readonly PrimarySearch _primary = new();

    private static readonly TimeSpan ReasonPause = TimeSpan.FromMilliseconds(20);

    /// <param name="operation">What is being done.</param>
    /// <param name="script">A script.</param>
    /// <param name="key">The key.</param>
    /// <param name="arguments">All its arguments; of a script with a deadline the first is written here.</param>
    /// <param name="reply">Takes the answer apart. Not given one that says that the call came too late.</param>
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
            RedisResult answer;
            try
            {
                var database = connection.Database(multiplexer);
                RedisKey[] keys = [key];
                try
                {
                    sent = database.ScriptEvaluateAsync(script.Hash, keys, arguments, CommandFlags.DemandMaster);
                    answer = await sent.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
                }
                catch (RedisServerException error) when (error.Kind == RedisErrorKind.NoScript)
                {
                    // The server is new, was restarted or has flushed its scripts: with the text the driver loads it first.
                    sent = database.ScriptEvaluateAsync(script.Text, keys, arguments, CommandFlags.DemandMaster);
                    answer = await sent.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
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
                // Another server is the primary now, and this one has written nothing.
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
                // By the driver, which waits for less where its own timeout is shorter. What was sent may lie at the server still, which
                // does it until the deadline.
                Abandoned.Observe(sent);
                _ = _primary.RunAsync(multiplexer);
                await Task.Delay(deadline.Remaining, cancellationToken).ConfigureAwait(false);
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
                    // What was the primary is away. Another server may be it by the time of the next call.
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
                    var written = new WriteReply(answer);
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

                return reply.Take(answer);
            }
            catch (Exception error) when (error is not SessionStoreException)
            {
                // A response in another form than the script's: something between here and the server answers for it.
                throw connection.Failure(error, operation);
            }
        }
    }

    /// <summary>Has a server answer, and learns its time; nothing is read or written.</summary>
    public async ValueTask ProbeAsync(RedisKey key, CallDeadline deadline, CancellationToken cancellationToken)
    {
        var multiplexer = await connection.MultiplexerAsync(SessionStoreOperation.Open, deadline, cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.CheckDatabaseAsync(multiplexer).WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // So will the call that comes next, which says so.
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

    /// <summary>No answer came in the time of the driver or the call, or the connection was silent for so long that it was ended.</summary>
    private static bool IsGivenUp(Exception error) =>
        error is TimeoutException or RedisConnectionException { FailureType: ConnectionFailureType.CircuitBreaker };

    /// <summary>
    /// Nothing was sent, and the driver does not say why: it has begun another attempt to connect and forgotten how the last one ended.
    /// Whether the server is away or has refused the password is known when this one ends.
    /// </summary>
    private static bool IsUnexplained(RedisConnectionException error) =>
        error is { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection, InnerException: null };
}
