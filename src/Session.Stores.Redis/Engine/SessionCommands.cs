using System.Diagnostics;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Session.Stores.Redis.Engine;

/// <summary>Runs the scripts: one round trip a call, within the call's deadline, which the server is told as well.</summary>
/// <remarks>The methods that every call passes through take their state from a pool; each of their tasks is awaited once, here or by the store.</remarks>
internal sealed class SessionCommands(RedisConnection connection, RedisFailures failures)
{
    /// <summary>
    /// How often a write is sent again after the server has said that it came too late, although time is left here: once where the server's clock was not known, once
    /// more where it was set forward.
    /// </summary>
    private const int Attempts = 3;

    /// <summary>How often a call waits for the end of an attempt to connect that is under way: a tenth of a second, when a server is away, is still at once.</summary>
    private const int ReasonAttempts = 5;

    private static readonly TimeSpan ReasonPause = TimeSpan.FromMilliseconds(20);

    /// <param name="operation">What is being done.</param>
    /// <param name="script">A script that takes the deadline first.</param>
    /// <param name="key">The key.</param>
    /// <param name="arguments">Its arguments; the first is written here.</param>
    /// <param name="deadline">When the call ends.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the server did; never <see cref="WriteOutcome.Late"/>.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WriteOutcome> WriteAsync(
        SessionStoreOperation operation, RedisScript script, RedisKey key, RedisValue[] arguments, CallDeadline deadline, CancellationToken cancellationToken)
    {
        var multiplexer = await connection.MultiplexerAsync(operation, deadline, cancellationToken).ConfigureAwait(false);
        for (var attempt = 0; attempt < Attempts && deadline.Remaining > TimeSpan.Zero; attempt++)
        {
            var clock = connection.Clock(multiplexer, key);
            arguments[0] = clock.At(deadline.Timestamp);
            var sent = Stopwatch.GetTimestamp();
            var answer = await RunAsync(operation, script, key, arguments, deadline, cancellationToken).ConfigureAwait(false);
            var reply = new WriteReply((long)answer);
            clock.Observe(reply.ServerTime, sent, Stopwatch.GetTimestamp());
            if (reply.Outcome != WriteOutcome.Late)
            {
                return reply.Outcome;
            }
        }

        throw failures.Late(operation);
    }

    /// <summary>Has a server answer, and learns its time; nothing is read or written, since the deadline is long past.</summary>
    public async ValueTask ProbeAsync(RedisKey key, CallDeadline deadline, CancellationToken cancellationToken)
    {
        var multiplexer = await connection.MultiplexerAsync(SessionStoreOperation.Open, deadline, cancellationToken).ConfigureAwait(false);
        var clock = connection.Clock(multiplexer, key);
        var sent = Stopwatch.GetTimestamp();
        var answer = await RunAsync(SessionStoreOperation.Open, RedisScript.Destroy, key, [0], deadline, cancellationToken).ConfigureAwait(false);
        clock.Observe(new WriteReply((long)answer).ServerTime, sent, Stopwatch.GetTimestamp());
    }

    /// <param name="operation">What is being done.</param>
    /// <param name="script">A script.</param>
    /// <param name="key">The key.</param>
    /// <param name="arguments">All its arguments.</param>
    /// <param name="deadline">When the call ends.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the script answers.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RedisResult> RunAsync(
        SessionStoreOperation operation, RedisScript script, RedisKey key, RedisValue[] arguments, CallDeadline deadline, CancellationToken cancellationToken)
    {
        var multiplexer = await connection.MultiplexerAsync(operation, deadline, cancellationToken).ConfigureAwait(false);
        Task<RedisResult>? sent = null;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var database = connection.Database(multiplexer);
                RedisKey[] keys = [key];
                try
                {
                    sent = database.ScriptEvaluateAsync(script.Hash, keys, arguments, CommandFlags.DemandMaster);
                    return await sent.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
                }
                catch (RedisServerException error) when (error.Kind == RedisErrorKind.NoScript)
                {
                    // The server is new, was restarted or has flushed its scripts: with the text the driver loads it first.
                    sent = database.ScriptEvaluateAsync(script.Text, keys, arguments, CommandFlags.DemandMaster);
                    return await sent.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (RedisConnectionException error) when (IsUnexplained(error) && deadline.Remaining > ReasonPause
                && (attempt < ReasonAttempts || operation == SessionStoreOperation.Open))
            {
                Abandoned.Observe(sent);
                await Task.Delay(ReasonPause, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Abandoned.Observe(sent);
                if (error is OperationCanceledException && cancellationToken.IsCancellationRequested)
                {
                    throw;
                }

                throw connection.Failure(error, operation);
            }
        }
    }

    /// <summary>
    /// Nothing was sent, and the driver does not say why: it has begun another attempt to connect and forgotten how the last one ended. Whether the server is away or has
    /// refused the password is known when this one ends.
    /// </summary>
    private static bool IsUnexplained(RedisConnectionException error) =>
        error is { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection, InnerException: null };
}
