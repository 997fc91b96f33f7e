using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>Returns how many bytes a session has; 0 if it is absent. No arguments.</summary>
internal sealed class SessionLength : SessionCommand<long, long>
{
    public static SessionLength Instance { get; } = new();

    /// <inheritdoc/>
    public override async Task<long> SendAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments, bool byText) =>
        (long)await database.ExecuteAsync("STRLEN", [keys[0]], CommandFlags.DemandMaster).ConfigureAwait(false);

    /// <inheritdoc/>
    public override long Read(long reply, RedisValue[] arguments, StoreClock clock) => reply;
}
