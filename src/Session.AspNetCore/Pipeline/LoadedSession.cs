namespace Session;

/// <summary>A session as it was read: its content, and the record that the store recognizes it by.</summary>
internal readonly record struct LoadedSession(SessionDocument Document, SessionCookie Cookie, SessionRecord AtRest);

/// <summary>What stands under an id: a session, or the name in the store of what it has become, or neither.</summary>
internal readonly record struct SessionReading(LoadedSession? Session, string? MovedTo);
