namespace ServerSessions.Interop.Driver;

/// <summary>A session in the store: its id and the JSON at rest.</summary>
internal sealed record StoredSession(string Sid, string Json);
