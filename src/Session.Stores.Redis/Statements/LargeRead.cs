using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// Reads a payload by a GET beside the command for its expiry, in one transaction: no long text passes through Lua, which costs the server
/// more than the rest of the call.
/// </summary>
/// <param name="touch">The script that moves the expiry; <see langword="null"/>: it is only read.</param>
internal sealed class LargeRead(RedisScript<long>? touch) : SessionCommand<(RedisValue Payload, long Left), ReadResult>
{
    /// <summary>Uses no arguments.</summary>
    public static LargeRead Get { get; } = new(null);

    /// <summary>Arguments: those of <see cref="RedisScript.GetAndTouch"/>.</summary>
    public static LargeRead GetAndTouch { get; } = new(RedisScript.TouchIfPrefix);

    /// <inheritdoc/>
    public override ReadResult Refused => new(null) { IsForAnother = true };

    /// <inheritdoc/>
    public override bool IsRefusal(Exception error) => RedisTransaction.IsRefusal(error);

    /// <inheritdoc/>
    public override async Task<(RedisValue Payload, long Left)> SendAsync(
        IDatabase database,
        RedisKey[] keys,
        RedisValue[] arguments,
        bool byText
    )
    {
        var transaction = database.CreateTransaction();
        var payload = transaction.ExecuteAsync("GET", [keys[0]], CommandFlags.DemandMaster);
        if (touch is null)
        {
            var left = transaction.ExecuteAsync("PTTL", [keys[0]], CommandFlags.DemandMaster);
            await RedisTransaction.RunAsync(transaction, payload, left).ConfigureAwait(false);
            return ((RedisValue)await payload.ConfigureAwait(false), (long)await left.ConfigureAwait(false));
        }

        var touched = touch.EvaluateAsync(transaction, keys, arguments, byText);
        await RedisTransaction.RunAsync(transaction, payload, touched).ConfigureAwait(false);
        return ((RedisValue)await payload.ConfigureAwait(false), (long)await touched.ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public override ReadResult Read((RedisValue Payload, long Left) reply, RedisValue[] arguments, StoreClock clock) =>
        reply.Left switch
        {
            RedisScript.Gone => default,
            RedisScript.Touched => ReadResult.Of(reply.Payload, (long)arguments[2], clock) with { IsTouched = true },
            var left => ReadResult.Of(reply.Payload, left, clock),
        };
}
