using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// The Lua scripts. Each uses the one key that is passed to it. Those that write take a deadline in the server's Unix milliseconds as first
/// argument and do nothing from then on. They reply with ten times the server's Unix milliseconds, plus the outcome.
/// </summary>
internal static class RedisScript
{
    // Outcomes of a write.
    private const int Late = 0;
    private const int Done = 1;
    private const int Missing = 2;

    // In place of the milliseconds if the key is no string; PTTL itself returns -2 or more.
    private const long WrongType = -3;

    // Reads into the local "there", or returns. A script that fails with the error itself hides its kind from the driver on older servers.
    private const string Read = """
        local there = redis.pcall('GET', KEYS[1])
        if type(there) == 'table' then
          if string.find(there.err, 'WRONGTYPE', 1, true) then return {false, -3} end
          return there
        end
        """;

    private const string ReadAll = Read + "\nreturn {there, redis.call('PTTL', KEYS[1])}";

    private const string Now = """
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        """;

    private const string Deadline = Now + "\nif now >= tonumber(ARGV[1]) then return now * 10 end\n";

    private const string Write = """
        if ARGV[3] == '0' then redis.call('UNLINK', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
        return now * 10 + 1
        """;

    /// <summary>Returns payload and remaining milliseconds in one step, so that both belong to one write.</summary>
    public static RedisScript<SessionRecord?> Get { get; } =
        new(ReadAll, static (reply, _, clock) => ReadRecord(reply, clock));

    /// <summary>Does the same as <see cref="Get"/>, and reports a key of another type without an exception.</summary>
    public static RedisScript<(SessionRecord? Record, bool IsWrongType)> GetAny { get; } =
        new(ReadAll, static (reply, _, clock) => IsWrongType(reply) ? (null, true) : (ReadRecord(reply, clock), false));

    /// <summary>
    /// Arguments: prefix, milliseconds to live (0: remove). Replies with the payload alone if the session was touched, otherwise like
    /// <see cref="Get"/>, also if the server refuses writes at present. No deadline: a late touch finds the session that it was meant for,
    /// or none.
    /// </summary>
    public static RedisScript<GetAndTouchResult> GetAndTouch { get; } =
        new(
            Read
                + """

                if there and there ~= '' and string.sub(there, 1, #ARGV[1]) == ARGV[1] then
                  if ARGV[2] == '0' then
                    redis.call('UNLINK', KEYS[1])
                    return {false, -2}
                  end
                  if type(redis.pcall('PEXPIRE', KEYS[1], ARGV[2])) == 'number' then return there end
                end
                return {there, redis.call('PTTL', KEYS[1])}
                """,
            static (reply, arguments, clock) =>
                reply.Length < 0 && (byte[]?)reply is { Length: > 0 } payload
                    ? new GetAndTouchResult { Record = NewRecord(payload, (long)arguments[1], clock), IsTouched = true }
                    : new GetAndTouchResult { Record = ReadRecord(reply, clock) }
        );

    /// <summary>Arguments: deadline, payload, milliseconds to live (0: remove).</summary>
    public static RedisScript<bool> Set { get; } = new(Deadline + Write, IsDone, hasDeadline: true);

    /// <summary>Argument: deadline.</summary>
    public static RedisScript<bool> Destroy { get; } =
        new(Deadline + "redis.call('UNLINK', KEYS[1]) return now * 10 + 1", IsDone, hasDeadline: true);

    /// <summary>
    /// Arguments: deadline, milliseconds to live (0: remove). STRLEN refuses a key of another type and detects the empty string, which is
    /// no session.
    /// </summary>
    public static RedisScript<bool> Touch { get; } =
        new(
            Deadline
                + """
                if redis.call('STRLEN', KEYS[1]) == 0 then return now * 10 + 2 end
                if ARGV[2] == '0' then redis.call('UNLINK', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
                return now * 10 + 1
                """,
            IsDone,
            hasDeadline: true
        );

    /// <summary>
    /// Arguments: deadline, payload, milliseconds to live (0: remove), and the expected payload. Without the last, the session must be
    /// absent.
    /// </summary>
    public static RedisScript<ConditionalSetResult> TrySet { get; } =
        new(
            Deadline
                + """
                local there = redis.call('GET', KEYS[1])
                if there == '' then there = false end
                if #ARGV == 3 then
                  if there then return now * 10 + 3 end
                elseif not there then return now * 10 + 2
                elseif there ~= ARGV[4] then return now * 10 + 3 end

                """
                + Write,
            static (reply, _, _) =>
                Outcome(reply) switch
                {
                    Done => ConditionalSetResult.Stored,
                    Missing => ConditionalSetResult.Missing,
                    _ => ConditionalSetResult.Changed,
                },
            hasDeadline: true
        );

    /// <summary>Returns the server's Unix milliseconds.</summary>
    public static RedisScript<long> Time { get; } = new(Now + "\nreturn now", static (reply, _, _) => (long)reply);

    /// <summary>Argument: the number of a database. Fails if there is none.</summary>
    public const string Select = "redis.call('SELECT', ARGV[1]) return 1";

    /// <summary>Returns the server's Unix milliseconds of a write.</summary>
    public static long ServerTime(RedisResult written) => (long)written / 10;

    /// <summary>Returns whether a write did nothing, because its deadline had passed or the server's clock was not known.</summary>
    public static bool IsLate(RedisResult written) => Outcome(written) == Late;

    private static int Outcome(RedisResult written) => (int)((long)written % 10);

    private static bool IsDone(RedisResult written, RedisValue[] arguments, StoreClock clock) => Outcome(written) == Done;

    private static bool IsWrongType(RedisResult read) => (long)read[1] == WrongType;

    private static SessionRecord? ReadRecord(RedisResult read, StoreClock clock)
    {
        if ((byte[]?)read[0] is not { Length: > 0 } payload)
        {
            return IsWrongType(read) ? throw new RedisServerException(RedisErrorKind.WrongType, CommandFlags.None, "WRONGTYPE") : null;
        }

        return NewRecord(payload, (long)read[1], clock);
    }

    private static SessionRecord NewRecord(byte[] payload, long left, StoreClock clock)
    {
        var now = clock.Now;
        var isEndless = left < 0 || left >= (DateTimeOffset.MaxValue - now).TotalMilliseconds;
        return SessionRecord.TakeOwnership(payload, isEndless ? DateTimeOffset.MaxValue : now.AddMilliseconds(left));
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
)
{
    public string Text => text;

    [SuppressMessage(
        "Security",
        "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "Redis names scripts by their SHA-1; nothing is protected by it."
    )]
    public byte[] Hash { get; } = SHA1.HashData(Encoding.UTF8.GetBytes(text));

    public bool HasDeadline => hasDeadline;

    public TResult Read(RedisResult reply, RedisValue[] arguments, StoreClock clock) => read(reply, arguments, clock);
}
