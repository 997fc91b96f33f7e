using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>A command for one session: how it is sent, and what its reply means.</summary>
/// <typeparam name="TReply">The reply of the server.</typeparam>
/// <typeparam name="TResult">The result of a call.</typeparam>
internal abstract class SessionCommand<TReply, TResult>
{
    /// <summary>
    /// Whether the first argument is a deadline in the server's Unix milliseconds, from which on the command does nothing.
    /// </summary>
    public virtual bool HasDeadline => false;

    /// <summary>Sends the command to the primary.</summary>
    /// <param name="database">The database.</param>
    /// <param name="keys">The session's key alone.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="byText">Whether the server has lost its scripts, and needs their text.</param>
    public abstract Task<TReply> SendAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments, bool byText);

    /// <summary>Converts the reply of a command that was executed in time.</summary>
    public abstract TResult Read(TReply reply, RedisValue[] arguments, StoreClock clock);

    /// <summary>Returns what the script that compared the deadline replied.</summary>
    public virtual RedisResult Written(TReply reply) => throw new NotSupportedException();

    /// <summary>Whether an error says that this server, or this user, cannot execute the command. It has changed nothing.</summary>
    public virtual bool IsRefusal(Exception error) => false;

    /// <summary>The result if it is refused: the caller then uses another command.</summary>
    public virtual TResult Refused => throw new NotSupportedException();
}
