using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>Runs two commands as one step of the server: MULTI and EXEC, sent together.</summary>
internal static class RedisTransaction
{
    /// <summary>Returns when both have replied. Fails if either does, or if the server executes none of them.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="commands">Its commands, which complete only if it is executed.</param>
    public static async Task RunAsync(ITransaction transaction, params Task[] commands)
    {
        try
        {
            if (!await transaction.ExecuteAsync(CommandFlags.DemandMaster).ConfigureAwait(false))
            {
                throw new RedisServerException(RedisErrorKind.ExecAbort, CommandFlags.None, "EXECABORT");
            }

            foreach (var command in commands)
            {
                await command.ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var command in commands)
            {
                CallDeadline.Abandon(command);
            }
        }
    }

    /// <summary>
    /// Whether a transaction cannot be executed: a missing right, a slot that has moved, a full server. The server does not say why, so the
    /// script does that takes its place. A script that the server has lost is sent again.
    /// </summary>
    public static bool IsRefusal(Exception error) =>
        error is RedisCommandException or RedisServerException { Kind: not RedisErrorKind.NoScript };
}
