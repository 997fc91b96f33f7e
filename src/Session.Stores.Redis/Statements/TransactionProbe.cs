using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// Returns whether the server executes a transaction. No arguments. If it refuses MULTI alone, it executes what follows one by one, which
/// is harmless here: a write must not be the first transaction that is sent.
/// </summary>
internal sealed class TransactionProbe : SessionCommand<bool, bool>
{
    public static TransactionProbe Instance { get; } = new();

    /// <inheritdoc/>
    public override bool Refused => false;

    /// <inheritdoc/>
    public override bool IsRefusal(Exception error) => RedisTransaction.IsRefusal(error);

    /// <inheritdoc/>
    public override async Task<bool> SendAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments, bool byText)
    {
        var transaction = database.CreateTransaction();
        var left = transaction.ExecuteAsync("PTTL", [keys[0]], CommandFlags.DemandMaster);
        await RedisTransaction.RunAsync(transaction, left).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public override bool Read(bool reply, RedisValue[] arguments, StoreClock clock) => reply;
}
