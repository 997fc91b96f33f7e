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

    /// <summary>The record; its <see cref="SessionRecord.Expires"/> is there and true.</summary>
    public SessionRecord Record { get; } = record;

    /// <summary>Names the record only: an id is not for logs.</summary>
    /// <returns>A text without the id.</returns>
    public override string ToString() => $"SessionEntry ({Record?.Payload.Length ?? 0} bytes)";
}
