using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// A session as it was read: its key in the store, its content, the record for compare-and-set, and the time of the read if the read
/// touched it.
/// </summary>
internal readonly record struct LoadedSession(
    string Key,
    SessionDocument Document,
    SessionCookie Cookie,
    SessionRecord AtRest,
    long? TouchedAt
);

/// <summary>The result of reading a key of the store: a session, or the key of its successor, or neither.</summary>
internal readonly record struct SessionReading(LoadedSession? Session, string? MovedTo);
