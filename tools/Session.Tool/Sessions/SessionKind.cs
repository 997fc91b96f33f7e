namespace ServerSessions.Tool.Sessions;

/// <summary>What a record is.</summary>
internal enum SessionKind
{
    Session,

    /// <summary>Encrypted. Only the application that has the key reads it.</summary>
    Sealed,

    /// <summary>What stays for five minutes under the old id of a renewed session.</summary>
    Tombstone,

    /// <summary>Bytes that are no session.</summary>
    Unreadable,
}
