namespace ServerSessions;

/// <summary>The result of <see cref="IConditionalSessionStore.TrySetAsync"/>.</summary>
public enum ConditionalSetResult
{
    /// <summary>The record was stored.</summary>
    Stored,

    /// <summary>Nothing was stored: a record was expected, and the session is absent (destroyed, expired, or never stored).</summary>
    Missing,

    /// <summary>Nothing was stored: the session has another content, or it exists and was expected to be absent.</summary>
    Changed,

    /// <summary>
    /// The store lost the connection, repeated the call, and the repetition found another content. The first attempt may have stored the
    /// record, and so may an equal write of another caller. A call that expects this record shows whether it is there. Only a store that
    /// repeats calls by itself returns it.
    /// </summary>
    Uncertain,
}
