namespace ServerSessions.Stores.Sqlite;

/// <summary>How far an acknowledged write has come. The end of the process, however sudden, loses nothing with either.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// The write is with the operating system. A power cut or a crash of the system may lose the last acknowledged writes (a destroyed
    /// session may be back); the file stays whole.
    /// </summary>
    Normal,

    /// <summary>The write is on the disk, as far as the disk tells the truth. A power cut loses nothing that was acknowledged.</summary>
    Full,
}
