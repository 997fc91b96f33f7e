namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>A page of a listing.</summary>
internal sealed class SessionPage
{
    public List<SessionEntry> Sessions { get; } = [];

    /// <summary>The stored bytes of the last row's sid, at which the next page starts.</summary>
    public byte[] Next { get; set; } = [];

    public bool HasMore { get; set; }

    /// <summary>The number of rows that are not sessions: no payload, or an invalid id.</summary>
    public int Unreadable { get; set; }
}
