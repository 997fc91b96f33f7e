namespace Session;

/// <summary>A session as it was read: its content, and the record that the store recognizes it by.</summary>
internal readonly record struct LoadedSession(SessionDocument Document, SessionCookie Cookie, SessionRecord AtRest);
