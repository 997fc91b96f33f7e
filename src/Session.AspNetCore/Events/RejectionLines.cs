namespace ServerSessions;

/// <summary>
/// Limits the lines about rejected requests to one a minute for each reason. Each line has the number since the last one.
/// </summary>
internal sealed class RejectionLines(TimeProvider timeProvider)
{
    private readonly (RateLimitedWarning Limit, Counted Count)[] _reasons =
    [
        .. Enum.GetValues<SessionRejection>().Select(_ => (new RateLimitedWarning(timeProvider), new Counted())),
    ];

    /// <summary>Counts a rejection.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="count">The rejections since the last line, with this one.</param>
    /// <returns>Whether a line is due.</returns>
    public bool TryBegin(SessionRejection reason, out long count)
    {
        var (limit, counted) = _reasons[(int)reason];
        Interlocked.Increment(ref counted.Value);
        count = limit.IsDue() ? Interlocked.Exchange(ref counted.Value, 0) : 0;
        return count > 0;
    }

    private sealed class Counted
    {
        public long Value;
    }
}
