using System.Runtime.CompilerServices;
using ServerSessions.Stores.Redis.Connection;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// Stores sessions, each in one step of the server. A comparison is the server's own if it has one, and a script's otherwise. A large
/// payload that a script would have to copy is written beside the session.
/// </summary>
internal sealed class SessionWrites(SessionCommands commands, LargeSessions large)
{
    /// <summary>Stores a session without a comparison.</summary>
    /// <param name="sid">The session.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="life">Milliseconds to live; 0: remove.</param>
    /// <param name="deadline">When the call ends. The server does not execute it later.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<WriteOutcome> SetAsync(
        string sid,
        ReadOnlyMemory<byte> payload,
        long life,
        CallDeadline deadline,
        CancellationToken cancellationToken
    ) => WriteAsync(SessionStoreOperation.Set, RedisScript.Set, StagedWrite.Set, sid, payload, life, deadline, cancellationToken);

    /// <summary>Stores a session if it is absent. The parameters are those of <see cref="SetAsync"/>.</summary>
    public ValueTask<WriteOutcome> CreateAsync(
        string sid,
        ReadOnlyMemory<byte> payload,
        long life,
        CallDeadline deadline,
        CancellationToken cancellationToken
    ) => WriteAsync(SessionStoreOperation.TrySet, RedisScript.Create, StagedWrite.Create, sid, payload, life, deadline, cancellationToken);

    /// <summary>
    /// Stores a session if its payload is the expected one. Without a deadline in the server's time: executed later, it stores only over
    /// the content that it expects.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WriteOutcome> ReplaceAsync(
        string sid,
        ReadOnlyMemory<byte> payload,
        long life,
        ReadOnlyMemory<byte> expected,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        const SessionStoreOperation operation = SessionStoreOperation.TrySet;
        RedisValue[] arguments = [payload, life, expected];
        if (life > 0 && !expected.IsEmpty)
        {
            var server = await commands.ServerAsync(operation, sid, deadline, cancellationToken).ConfigureAwait(false);
            if (server.HasIfEqual)
            {
                var compared = await commands
                    .RunAsync(operation, SetIfEqual.Instance, sid, arguments, deadline, cancellationToken)
                    .ConfigureAwait(false);
                if (compared == WriteOutcome.Changed)
                {
                    // The server does not say whether there was anything. Absent now, or changed by now: both are true of this instant.
                    var length = await commands
                        .RunAsync(operation, SessionLength.Instance, sid, [], deadline, cancellationToken)
                        .ConfigureAwait(false);
                    return length == 0 ? WriteOutcome.Missing : WriteOutcome.Changed;
                }

                if (compared != WriteOutcome.ForAnother)
                {
                    Remember(sid, payload.Length);
                    return compared;
                }

                // After a redirection it is another server that refused.
                server = await commands.ServerAsync(operation, sid, deadline, cancellationToken).ConfigureAwait(false);
                server.HasIfEqual = false;
            }

            if (
                IsStaged(sid, Math.Max(payload.Length, expected.Length))
                && await HasTransactionsAsync(server, operation, sid, deadline, cancellationToken).ConfigureAwait(false)
            )
            {
                var staged = await commands
                    .RunAsync(operation, StagedWrite.Replace, sid, [life, payload, expected], deadline, cancellationToken)
                    .ConfigureAwait(false);
                if (staged != WriteOutcome.ForAnother)
                {
                    return staged;
                }

                server.PauseTransactions();
            }
        }

        return await commands
            .RunAsync(operation, RedisScript.Replace, sid, arguments, deadline, cancellationToken)
            .ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WriteOutcome> WriteAsync(
        SessionStoreOperation operation,
        RedisScript<WriteOutcome> script,
        StagedWrite staged,
        string sid,
        ReadOnlyMemory<byte> payload,
        long life,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        if (life > 0 && IsStaged(sid, payload.Length))
        {
            var server = await commands.ServerAsync(operation, sid, deadline, cancellationToken).ConfigureAwait(false);
            if (await HasTransactionsAsync(server, operation, sid, deadline, cancellationToken).ConfigureAwait(false))
            {
                var written = await commands
                    .RunAsync(operation, staged, sid, [default, life, payload], deadline, cancellationToken)
                    .ConfigureAwait(false);
                if (written != WriteOutcome.ForAnother)
                {
                    return written;
                }

                server.PauseTransactions();
            }
        }

        return await commands
            .RunAsync(operation, script, sid, [default, payload, life], deadline, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Whether the server executes transactions, which the first write of each connection asks it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> HasTransactionsAsync(
        KnownServer server,
        SessionStoreOperation operation,
        string sid,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        if (server is not { HasTransactions: true, ExecutesTransactions: false })
        {
            return server.HasTransactions;
        }

        if (await commands.RunAsync(operation, TransactionProbe.Instance, sid, [], deadline, cancellationToken).ConfigureAwait(false))
        {
            return server.ExecutesTransactions = true;
        }

        server.PauseTransactions();
        return false;
    }

    private bool IsStaged(string sid, int bytes)
    {
        Remember(sid, bytes);
        return bytes > RedisScript.Small && StageKeys.Exist(commands.Key(sid));
    }

    /// <summary>The next read of the session is likely to find what was written.</summary>
    private void Remember(string sid, int bytes)
    {
        if (bytes > RedisScript.Small)
        {
            large.Add(sid);
        }
    }
}
