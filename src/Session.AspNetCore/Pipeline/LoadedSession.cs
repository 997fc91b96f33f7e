using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// A session as it was read: the name that the store keeps it under, its content, the record that the store recognizes it by, and when it
/// was read if that has touched it.
/// </summary>
internal readonly record struct LoadedSession(
    string Key,
    SessionDocument Document,
    SessionCookie Cookie,
    SessionRecord AtRest,
    long? TouchedAt
);

/// <summary>What stands under a name in the store: a session, or the name in the store of what it has become, or neither.</summary>
internal readonly record struct SessionReading(LoadedSession? Session, string? MovedTo);
