using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// Writes a large payload by a SET beside the session, and a script that compares and renames, in one transaction: no long text passes
/// through Lua, which costs the server up to ten times the rest of the call.
/// </summary>
/// <param name="script">The script. Its keys: the session, the new payload, the expected one.</param>
internal sealed class StagedWrite(RedisScript<WriteOutcome> script) : SessionCommand<RedisResult, WriteOutcome>
{
    /// <summary>Arguments: deadline, milliseconds to live, payload.</summary>
    public static StagedWrite Set { get; } = new(RedisScript.StagedSet);

    /// <summary>Arguments: deadline, milliseconds to live, payload.</summary>
    public static StagedWrite Create { get; } = new(RedisScript.StagedCreate);

    /// <summary>Arguments: milliseconds to live, payload, expected payload.</summary>
    public static StagedWrite Replace { get; } = new(RedisScript.StagedReplace);

    /// <inheritdoc/>
    public override bool HasDeadline => script.HasDeadline;

    /// <inheritdoc/>
    public override WriteOutcome Refused => WriteOutcome.ForAnother;

    /// <inheritdoc/>
    public override bool IsRefusal(Exception error) => RedisTransaction.IsRefusal(error);

    /// <inheritdoc/>
    public override RedisResult Written(RedisResult reply) => reply;

    /// <inheritdoc/>
    public override async Task<RedisResult> SendAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments, bool byText)
    {
        var session = (string)keys[0]!;
        var transaction = database.CreateTransaction();
        var first = HasDeadline ? 1 : 0;
        var stored = Stage(transaction, StageKeys.New(session), arguments[first + 1]);
        var expected = HasDeadline ? stored : Stage(transaction, StageKeys.Expected(session), arguments[first + 2]);
        var written = script.EvaluateAsync(
            transaction,
            [keys[0], StageKeys.New(session), StageKeys.Expected(session)],
            arguments[..(first + 1)],
            byText
        );
        await RedisTransaction.RunAsync(transaction, stored, expected, written).ConfigureAwait(false);
        return await written.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override WriteOutcome Read(RedisResult reply, RedisValue[] arguments, StoreClock clock) =>
        script.Read(reply, arguments, clock);

    private static Task<RedisResult> Stage(ITransaction transaction, RedisKey key, RedisValue payload) =>
        transaction.ExecuteAsync("SET", [key, payload, "EX", (long)StageKeys.Life.TotalSeconds], CommandFlags.DemandMaster);
}
