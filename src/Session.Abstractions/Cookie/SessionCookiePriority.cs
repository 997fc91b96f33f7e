namespace ServerSessions;

/// <summary>The values of a cookie's <c>priority</c>.</summary>
public enum SessionCookiePriority
{
    /// <summary>Sent as <c>Priority=Low</c>.</summary>
    Low,

    /// <summary>Sent as <c>Priority=Medium</c>.</summary>
    Medium,

    /// <summary>Sent as <c>Priority=High</c>.</summary>
    High,
}
