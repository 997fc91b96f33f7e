namespace ServerSessions.Conformance;

/// <summary>
/// What a <see cref="FaultProxy"/> does to the bytes of its connections. A new object each time it is set, so that counts begin again.
/// </summary>
internal sealed class ProxyFault
{
    public static ProxyFault None { get; } = new();

    public bool DropsRequests { get; init; }

    public bool DropsReplies { get; init; }

    /// <summary>How many bytes pass before the reset; null: no reset.</summary>
    public long? RequestBytes { get; init; }

    /// <inheritdoc cref="RequestBytes"/>
    public long? ReplyBytes { get; init; }

    public TimeSpan Latency { get; init; }

    public TimeSpan Spread { get; init; }
}
