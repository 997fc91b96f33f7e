namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>One step of a listing.</summary>
internal sealed class SessionPage
{
    public List<SessionEntry> Sessions { get; } = [];

    /// <summary>The last row's sid as it lies at rest: the place to go on from.</summary>
    public byte[] Next { get; set; } = [];

    public bool HasMore { get; set; }

    /// <summary>Rows that are no session: no payload, or an id that no caller could name.</summary>
    public int Unreadable { get; set; }
}
