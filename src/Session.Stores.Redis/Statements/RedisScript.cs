using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// The Lua scripts. Each uses the keys that are passed to it. Those that write without comparing take a deadline in the server's Unix
/// milliseconds as first argument and do nothing from then on. They reply with ten times the server's Unix milliseconds, plus the outcome.
/// </summary>
internal static class RedisScript
{
    // In place of the milliseconds if the key is no string; PTTL itself returns -2 or more.
    private const long WrongType = -3;

    // Reads into the local "there", or returns: 1 in place of a payload that is longer than the first argument says. A script that fails
    // with the error itself hides its kind from the driver on older servers.
    private const string Read = """
        local there = redis.pcall('GETRANGE', KEYS[1], 0, ARGV[1])
        if type(there) == 'table' then
          if string.find(there.err, 'WRONGTYPE', 1, true) then return {false, -3} end
          return there
        end
        if ARGV[1] ~= '-1' and #there > tonumber(ARGV[1]) then return 1 end
        """;

    private const string Now = """
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        """;

    private const string Deadline = Now + "\nif now >= tonumber(ARGV[1]) then return now * 10 end\n";

    private const string Write = """
        if ARGV[3] == '0' then redis.call('UNLINK', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
        return now * 10 + 1
        """;

    private const string StagedDeadline =
        Now
        + """

            if now >= tonumber(ARGV[1]) then
              redis.call('UNLINK', KEYS[2])
              return now * 10
            end

            """;

    // RENAME comes last and alone changes the session: a command that the server refuses leaves it as it was.
    private const string StagedStore = """
        redis.call('PEXPIRE', KEYS[2], ARGV[2])
        if redis.pcall('RENAME', KEYS[2], KEYS[1]).err then
          redis.call('UNLINK', KEYS[2])
          return now * 10 + 4
        end
        return now * 10 + 1
        """;

    /// <summary>The first argument of a read that returns payloads of at most so many bytes: a longer one costs less as a GET.</summary>
    public const int Small = 2048;

    /// <summary>The first argument of a read that returns payloads of any length.</summary>
    public const int AnySize = -1;

    /// <summary>What PTTL returns for a key without an end.</summary>
    public const long NoEnd = -1;

    /// <summary>What PTTL returns for a missing key.</summary>
    public const long Gone = -2;

    /// <summary>What <see cref="TouchIfPrefix"/> returns if it has moved the expiry.</summary>
    public const long Touched = -4;

    /// <summary>
    /// Argument: the longest payload. Returns payload and remaining milliseconds in one step, so that both belong to one write.
    /// </summary>
    public static RedisScript<ReadResult> Get { get; } =
        new(Read + "\nreturn {there, redis.call('PTTL', KEYS[1])}", static (reply, _, clock) => ReadRecord(reply, clock));

    /// <summary>
    /// Arguments: the longest payload, prefix, milliseconds to live (0: remove). Replies with the payload alone if the session was touched,
    /// otherwise like <see cref="Get"/>, also if the server refuses writes at present. No deadline: a late touch finds the session that it
    /// was meant for, or none.
    /// </summary>
    public static RedisScript<ReadResult> GetAndTouch { get; } =
        new(
            Read
                + """

                if there ~= '' and string.sub(there, 1, #ARGV[2]) == ARGV[2] then
                  if ARGV[3] == '0' then
                    redis.call('UNLINK', KEYS[1])
                    return {false, -2}
                  end
                  if type(redis.pcall('PEXPIRE', KEYS[1], ARGV[3])) == 'number' then return there end
                end
                return {there, redis.call('PTTL', KEYS[1])}
                """,
            static (reply, arguments, clock) =>
                reply.Resp2Type == ResultType.BulkString && (byte[]?)reply is { Length: > 0 } payload
                    ? ReadResult.Of(payload, (long)arguments[2], clock) with { IsTouched = true }
                    : ReadRecord(reply, clock)
        );

    /// <summary>
    /// Does the same as <see cref="GetAndTouch"/> without returning the payload: replies with <see cref="Touched"/>, or with the remaining
    /// milliseconds.
    /// </summary>
    public static RedisScript<long> TouchIfPrefix { get; } =
        new(
            """
            local start = redis.call('GETRANGE', KEYS[1], 0, #ARGV[2])
            if start ~= '' and string.sub(start, 1, #ARGV[2]) == ARGV[2] then
              if ARGV[3] == '0' then redis.call('UNLINK', KEYS[1])
              elseif type(redis.pcall('PEXPIRE', KEYS[1], ARGV[3])) == 'number' then return -4 end
            end
            return redis.call('PTTL', KEYS[1])
            """,
            static (reply, _, _) => (long)reply
        );

    /// <summary>Arguments: deadline, payload, milliseconds to live (0: remove).</summary>
    public static RedisScript<WriteOutcome> Set { get; } = new(Deadline + Write, Outcome, hasDeadline: true);

    /// <summary>Argument: deadline.</summary>
    public static RedisScript<WriteOutcome> Destroy { get; } =
        new(Deadline + "redis.call('UNLINK', KEYS[1]) return now * 10 + 1", Outcome, hasDeadline: true);

    /// <summary>
    /// Arguments: deadline, milliseconds to live (0: remove). STRLEN refuses a key of another type and detects the empty string, which is
    /// no session.
    /// </summary>
    public static RedisScript<WriteOutcome> Touch { get; } =
        new(
            Deadline
                + """
                if redis.call('STRLEN', KEYS[1]) == 0 then return now * 10 + 2 end
                if ARGV[2] == '0' then redis.call('UNLINK', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
                return now * 10 + 1
                """,
            Outcome,
            hasDeadline: true
        );

    /// <summary>Stores if the session is absent. Arguments: those of <see cref="Set"/>.</summary>
    public static RedisScript<WriteOutcome> Create { get; } =
        new(
            Deadline + "if redis.call('STRLEN', KEYS[1]) ~= 0 then return now * 10 + 3 end\n" + Write,
            Outcome,
            hasDeadline: true
        );

    /// <summary>
    /// Stores if the session is as expected. Arguments: payload, milliseconds to live (0: remove), expected payload. No deadline: executed
    /// late, it finds what it expects, or does nothing.
    /// </summary>
    public static RedisScript<WriteOutcome> Replace { get; } =
        new(
            """
            local there = redis.call('GET', KEYS[1])
            if not there or there == '' then return 2 end
            if there ~= ARGV[3] then return 3 end
            if ARGV[2] == '0' then redis.call('UNLINK', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
            return 1
            """,
            Outcome
        );

    /// <summary>Stores the new payload. Keys: session, new payload. Arguments: deadline, milliseconds to live.</summary>
    public static RedisScript<WriteOutcome> StagedSet { get; } = new(StagedDeadline + StagedStore, Outcome, hasDeadline: true);

    /// <summary>Stores the new payload if the session is absent. Keys and arguments: those of <see cref="StagedSet"/>.</summary>
    public static RedisScript<WriteOutcome> StagedCreate { get; } =
        new(
            StagedDeadline
                + """
                local size = redis.pcall('STRLEN', KEYS[1])
                if size ~= 0 then
                  redis.call('UNLINK', KEYS[2])
                  if type(size) == 'table' then return now * 10 + 4 end
                  return now * 10 + 3
                end

                """
                + StagedStore,
            Outcome,
            hasDeadline: true
        );

    /// <summary>
    /// Stores the new payload if the session is as expected: of the same length, and equal in every bit. Keys: session, new payload,
    /// expected payload. Argument: milliseconds to live. No deadline, as <see cref="Replace"/>. The key that BITOP writes has no end, so it
    /// is removed before another command can fail.
    /// </summary>
    public static RedisScript<WriteOutcome> StagedReplace { get; } =
        new(
            """
            local size, outcome = redis.pcall('STRLEN', KEYS[1]), 1
            if type(size) == 'table' then outcome = 4
            elseif size == 0 then outcome = 2
            elseif size ~= redis.call('STRLEN', KEYS[3]) then outcome = 3
            else
              redis.call('BITOP', 'XOR', KEYS[3], KEYS[1], KEYS[3])
              local differs = redis.pcall('BITPOS', KEYS[3], 1)
              if type(differs) == 'table' then outcome = 4
              elseif differs ~= -1 then outcome = 3 end
            end
            if type(redis.pcall('UNLINK', KEYS[3])) == 'table' then
              redis.call('SET', KEYS[3], '', 'PX', 1)
              return 4
            end
            if outcome == 1 then
              redis.call('PEXPIRE', KEYS[2], ARGV[1])
              if not redis.pcall('RENAME', KEYS[2], KEYS[1]).err then return 1 end
              outcome = 4
            end
            redis.call('UNLINK', KEYS[2])
            return outcome
            """,
            Outcome
        );

    /// <summary>Returns the server's Unix milliseconds.</summary>
    public static RedisScript<long> Time { get; } = new(Now + "\nreturn now", static (reply, _, _) => (long)reply);

    /// <summary>Argument: the number of a database. Fails if there is none.</summary>
    public const string Select = "redis.call('SELECT', ARGV[1]) return 1";

    /// <summary>Returns the server's Unix milliseconds of a write.</summary>
    public static long ServerTime(RedisResult written) => (long)written / 10;

    /// <summary>Returns whether a write did nothing, because its deadline had passed or the server's clock was not known.</summary>
    public static bool IsLate(RedisResult written) => (long)written % 10 == (long)WriteOutcome.Late;

    private static WriteOutcome Outcome(RedisResult written, RedisValue[] arguments, StoreClock clock) =>
        (WriteOutcome)((long)written % 10);

    private static ReadResult ReadRecord(RedisResult read, StoreClock clock)
    {
        if (read.Resp2Type == ResultType.Integer)
        {
            return new(null) { IsForAnother = true };
        }

        var left = (long)read[1];
        return left == WrongType ? new(null) { IsWrongType = true } : ReadResult.Of((byte[]?)read[0], left, clock);
    }
}

/// <summary>A script and what its reply means.</summary>
/// <typeparam name="TResult">The result of a call.</typeparam>
/// <param name="text">The Lua text.</param>
/// <param name="read">Converts the reply, which says that the call was not late. Given the arguments and the store's clock too.</param>
/// <param name="hasDeadline">Whether the first argument is a deadline.</param>
internal sealed class RedisScript<TResult>(
    string text,
    Func<RedisResult, RedisValue[], StoreClock, TResult> read,
    bool hasDeadline = false
) : SessionCommand<RedisResult, TResult>
{
    [SuppressMessage(
        "Security",
        "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "Redis names scripts by their SHA-1; nothing is protected by it."
    )]
    private readonly byte[] _hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));

    public string Text => text;

    /// <inheritdoc/>
    public override bool HasDeadline => hasDeadline;

    /// <inheritdoc/>
    public override Task<RedisResult> SendAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments, bool byText) =>
        EvaluateAsync(database, keys, arguments, byText);

    /// <summary>Sends the script, also as part of a transaction.</summary>
    public Task<RedisResult> EvaluateAsync(IDatabaseAsync database, RedisKey[] keys, RedisValue[] arguments, bool byText) =>
        byText
            ? database.ScriptEvaluateAsync(text, keys, arguments, CommandFlags.DemandMaster)
            : database.ScriptEvaluateAsync(_hash, keys, arguments, CommandFlags.DemandMaster);

    /// <inheritdoc/>
    public override RedisResult Written(RedisResult reply) => reply;

    /// <inheritdoc/>
    public override TResult Read(RedisResult reply, RedisValue[] arguments, StoreClock clock) => read(reply, arguments, clock);
}
