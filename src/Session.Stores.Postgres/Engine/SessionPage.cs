namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>One step of a listing.</summary>
internal sealed class SessionPage
{
    public List<SessionEntry> Sessions { get; } = [];

    /// <summary>The last row's sid: the place to go on from.</summary>
    public string Next { get; set; } = "";

    /// <summary>The bytes of all payloads.</summary>
    public long Bytes { get; set; }

    public int Rows { get; set; }

    /// <summary>Rows that are no session: no payload, or an id that no caller could name.</summary>
    public int Unreadable { get; set; }
}
