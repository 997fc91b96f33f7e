using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>What a script that reads answers: payload and milliseconds left, or the payload alone where it has been touched.</summary>
internal readonly struct ReadReply
{
    public ReadReply(RedisResult reply)
    {
        IsTouched = reply.Length < 0;
        var payload = (byte[]?)(IsTouched ? reply : reply[0]);
        Payload = payload is { Length: 0 } ? null : payload;
        Milliseconds = IsTouched ? 0 : (long)reply[1];
    }

    /// <summary>Nothing where the session is absent.</summary>
    public byte[]? Payload { get; }

    /// <summary>The time left; -1, no end. Not told where the session was touched, since the caller knows it.</summary>
    public long Milliseconds { get; }

    public bool IsTouched { get; }

    public bool IsWrongType => Milliseconds == RedisScript.WrongType;
}
