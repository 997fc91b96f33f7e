namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>A page of a listing.</summary>
internal sealed class SessionPage
{
    public List<SessionEntry> Sessions { get; } = [];

    /// <summary>The last row's sid, after which the next page starts.</summary>
    public string Next { get; set; } = "";

    /// <summary>The size of all payloads in bytes.</summary>
    public long Bytes { get; set; }

    public int Rows { get; set; }

    /// <summary>The number of rows that are not sessions: no payload, or an invalid id.</summary>
    public int Unreadable { get; set; }
}
