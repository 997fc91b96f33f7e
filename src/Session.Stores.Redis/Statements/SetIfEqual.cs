using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// Compares and stores by the server's own <c>SET … IFEQ</c>. Every byte is compared; a digest (IFDEQ of Redis) would not tell contents
/// apart that were made to collide. Arguments: those of <see cref="RedisScript.Replace"/>. The command goes by
/// its name, as all do here with a session's key: the driver's own instrumentation can export the key of a typed one.
/// </summary>
internal sealed class SetIfEqual : SessionCommand<RedisResult, WriteOutcome>
{
    public static SetIfEqual Instance { get; } = new();

    /// <inheritdoc/>
    public override WriteOutcome Refused => WriteOutcome.ForAnother;

    /// <summary>
    /// An older server calls it a syntax error, to the driver an unknown command. Another fault of the call the script reports too.
    /// </summary>
    public override bool IsRefusal(Exception error) =>
        error is RedisServerException { Kind: RedisErrorKind.UnknownCommand or RedisErrorKind.UnknownError or RedisErrorKind.Unknown };

    /// <inheritdoc/>
    public override Task<RedisResult> SendAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments, bool byText) =>
        database.ExecuteAsync(
            "SET",
            [keys[0], arguments[0], "PX", arguments[1], "IFEQ", arguments[2]],
            CommandFlags.DemandMaster
        );

    /// <inheritdoc/>
    public override WriteOutcome Read(RedisResult reply, RedisValue[] arguments, StoreClock clock) =>
        reply.IsNull ? WriteOutcome.Changed : WriteOutcome.Done;
}
