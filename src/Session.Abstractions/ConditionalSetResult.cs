namespace ServerSessions;

/// <summary>The answer of <see cref="IConditionalSessionStore.TrySetAsync"/>.</summary>
public enum ConditionalSetResult
{
    /// <summary>The record was stored.</summary>
    Stored,

    /// <summary>Nothing was stored: a record was expected, and the session is absent (destroyed, expired, or never there).</summary>
    Missing,

    /// <summary>Nothing was stored: the session is there with another content, or it is there and was expected to be absent.</summary>
    Changed,
}
