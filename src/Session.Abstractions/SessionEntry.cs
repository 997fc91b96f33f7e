using System.Diagnostics;

namespace ServerSessions;

/// <summary>One session of a store, as <see cref="IEnumerableSessionStore.AllAsync"/> yields it.</summary>
/// <param name="sid">The session id.</param>
/// <param name="record">The record.</param>
[DebuggerDisplay("{Record}")]
public readonly struct SessionEntry(string sid, SessionRecord record)
{
    /// <summary>The session id.</summary>
    public string Sid { get; } = sid;

    /// <summary>The record. Its <see cref="SessionRecord.Expires"/> is never <see langword="null"/>, and is the true expiry.</summary>
    public SessionRecord Record { get; } = record;

    /// <summary>Returns the size of the record. Ids must not reach logs.</summary>
    /// <returns>A text without the id.</returns>
    public override string ToString() => $"SessionEntry ({Record?.Payload.Length ?? 0} bytes)";
}
