using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// Reads sessions, each in one step of the server: a small one by a script, a large one by a GET in a transaction. Which of the two a
/// session needs is a guess; a wrong one costs a second round trip.
/// </summary>
internal sealed class SessionReads(SessionCommands commands, LargeSessions large)
{
    /// <summary>Reads a session.</summary>
    public ValueTask<ReadResult> GetAsync(
        SessionStoreOperation operation,
        string sid,
        CallDeadline deadline,
        CancellationToken cancellationToken
    ) => ReadAsync(operation, RedisScript.Get, LargeRead.Get, sid, [RedisScript.Small], deadline, cancellationToken);

    /// <summary>Reads a session and moves its expiry if it begins with a prefix.</summary>
    /// <param name="sid">The session.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="life">Milliseconds to live; 0: remove.</param>
    /// <param name="deadline">When the call ends.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<ReadResult> GetAndTouchAsync(
        string sid,
        byte[] prefix,
        long life,
        CallDeadline deadline,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            SessionStoreOperation.Get,
            RedisScript.GetAndTouch,
            LargeRead.GetAndTouch,
            sid,
            [RedisScript.Small, prefix, life],
            deadline,
            cancellationToken
        );

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadAsync(
        SessionStoreOperation operation,
        RedisScript<ReadResult> script,
        LargeRead transaction,
        string sid,
        RedisValue[] arguments,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        if (!large.Contains(sid))
        {
            var small = await commands.RunAsync(operation, script, sid, arguments, deadline, cancellationToken).ConfigureAwait(false);
            if (!small.IsForAnother)
            {
                return small;
            }

            large.Add(sid);
        }

        var server = await commands.ServerAsync(operation, sid, deadline, cancellationToken).ConfigureAwait(false);
        if (server.HasTransactions)
        {
            var read = await commands.RunAsync(operation, transaction, sid, arguments, deadline, cancellationToken).ConfigureAwait(false);
            if (!read.IsForAnother)
            {
                return read;
            }

            server.PauseTransactions();
        }

        arguments[0] = RedisScript.AnySize;
        return await commands.RunAsync(operation, script, sid, arguments, deadline, cancellationToken).ConfigureAwait(false);
    }
}
