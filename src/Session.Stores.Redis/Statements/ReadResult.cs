namespace ServerSessions.Stores.Redis.Statements;

/// <summary>What a read found.</summary>
/// <param name="Record">The record; <see langword="null"/> if there is none.</param>
internal readonly record struct ReadResult(SessionRecord? Record)
{
    /// <summary>Whether the expiry was moved.</summary>
    public bool IsTouched { get; init; }

    /// <summary>Whether the key is no string.</summary>
    public bool IsWrongType { get; init; }

    /// <summary>Whether the command read nothing, because another one must: it is too large, or the server refuses.</summary>
    public bool IsForAnother { get; init; }

    /// <summary>Makes a result of a payload and the milliseconds that are left; negative: no end.</summary>
    public static ReadResult Of(byte[]? payload, long left, StoreClock clock)
    {
        if (payload is not { Length: > 0 })
        {
            return default;
        }

        var now = clock.Now;
        var isEndless = left < 0 || left >= (DateTimeOffset.MaxValue - now).TotalMilliseconds;
        return new(SessionRecord.TakeOwnership(payload, isEndless ? DateTimeOffset.MaxValue : now.AddMilliseconds(left)));
    }
}
