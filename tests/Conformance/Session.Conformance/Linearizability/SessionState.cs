namespace ServerSessions.Conformance;

/// <summary>What one session may be at one moment: absent, or a content that ends between two instants.</summary>
/// <param name="Content">The number of the content; <see cref="HistoryContents.None"/>: absent.</param>
/// <param name="Earliest">The earliest instant of the expiry, in ticks.</param>
/// <param name="Latest">The latest.</param>
internal readonly record struct SessionState(int Content, long Earliest, long Latest)
{
    public static SessionState Absent => default;

    public bool IsAbsent => Content == HistoryContents.None;
}
