using ServerSessions.Payload;

namespace ServerSessions.Stores.File.Statements;

/// <summary>A session read from a file.</summary>
internal sealed record StoredSession(string Sid, ReadOnlyMemory<byte> Payload, SessionDocument Document, DateTimeOffset Expires)
{
    public SessionRecord ToRecord() => SessionRecord.TakeOwnership(Payload, Expires);
}
