using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>
/// The Lua scripts. Each uses the one key that is passed to it. Those that write take a deadline in the server's Unix milliseconds as first
/// argument and do nothing from then on. They return the server's time and the outcome in one number: see <see cref="WriteReply"/>.
/// </summary>
internal sealed class RedisScript
{
    /// <summary>The milliseconds in the reply of <see cref="Get"/> for a key of another type; PTTL itself returns -2 or more.</summary>
    public const long WrongType = -3;

    // Reads into the local "there", or returns. A script that fails with the error itself hides its kind from the driver on older servers.
    private const string Read = """
        local there = redis.pcall('GET', KEYS[1])
        if type(there) == 'table' then
          if string.find(there.err, 'WRONGTYPE', 1, true) then return {false, -3} end
          return there
        end
        """;

    private const string Now = """
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        """;

    private const string Deadline = """
        if now >= tonumber(ARGV[1]) then return now * 10 end
        """;

    private const string Write = """
        if ARGV[3] == '0' then redis.call('UNLINK', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
        return now * 10 + 1
        """;

    [SuppressMessage(
        "Security",
        "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "Redis names scripts by their SHA-1; nothing is protected by it."
    )]
    private RedisScript(params ReadOnlySpan<string> parts)
    {
        Text = string.Join('\n', parts);
        HasDeadline = parts is [Now, Deadline, ..];
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
    }

    /// <summary>
    /// Returns payload and remaining milliseconds in one step, so that both belong to one write. <see cref="WrongType"/> in place of the
    /// milliseconds if the key is no string.
    /// </summary>
    public static RedisScript Get { get; } = new(Read, "return {there, redis.call('PTTL', KEYS[1])}");

    /// <summary>
    /// Arguments: prefix, milliseconds to live (0: remove). Returns only the payload if the session was touched, otherwise the reply of
    /// <see cref="Get"/>, also if the server refuses writes at present. No deadline: a late touch finds the session that it was meant for,
    /// or none.
    /// </summary>
    public static RedisScript GetAndTouch { get; } =
        new(
            Read,
            """
            if there and there ~= '' and string.sub(there, 1, #ARGV[1]) == ARGV[1] then
              if ARGV[2] == '0' then
                redis.call('UNLINK', KEYS[1])
                return {false, -2}
              end
              if type(redis.pcall('PEXPIRE', KEYS[1], ARGV[2])) == 'number' then return there end
            end
            return {there, redis.call('PTTL', KEYS[1])}
            """
        );

    /// <summary>Arguments: deadline, payload, milliseconds to live (0: remove).</summary>
    public static RedisScript Set { get; } = new(Now, Deadline, Write);

    /// <summary>Argument: deadline.</summary>
    public static RedisScript Destroy { get; } = new(Now, Deadline, "redis.call('UNLINK', KEYS[1]) return now * 10 + 1");

    /// <summary>
    /// Arguments: deadline, milliseconds to live (0: remove). STRLEN refuses a key of another type and detects the empty string, which is
    /// no session.
    /// </summary>
    public static RedisScript Touch { get; } =
        new(
            Now,
            Deadline,
            """
            if redis.call('STRLEN', KEYS[1]) == 0 then return now * 10 + 2 end
            if ARGV[2] == '0' then redis.call('UNLINK', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
            return now * 10 + 1
            """
        );

    /// <summary>
    /// Arguments: deadline, payload, milliseconds to live (0: remove), and the expected payload. Without the last, the session must be
    /// absent.
    /// </summary>
    public static RedisScript TrySet { get; } =
        new(
            Now,
            Deadline,
            """
            local there = redis.call('GET', KEYS[1])
            if there == '' then there = false end
            if #ARGV == 3 then
              if there then return now * 10 + 3 end
            elseif not there then return now * 10 + 2
            elseif there ~= ARGV[4] then return now * 10 + 3 end
            """,
            Write
        );

    /// <summary>Returns the server's Unix milliseconds.</summary>
    public static RedisScript Time { get; } = new(Now, "return now");

    /// <summary>Argument: the number of a database. Fails if there is none.</summary>
    public static RedisScript Select { get; } = new("redis.call('SELECT', ARGV[1]) return 1");

    public string Text { get; }

    /// <summary>Whether the first argument is a deadline and the reply a <see cref="WriteReply"/>.</summary>
    public bool HasDeadline { get; }

    public byte[] Hash { get; }
}
