namespace ServerSessions.Stores.Sqlite;

/// <summary>Specifies what an acknowledged write survives. With either value, a killed process loses no acknowledged write.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// The operating system has the write. A power cut or a system crash may lose the last acknowledged writes (a destroyed session may
    /// return); the file stays intact.
    /// </summary>
    Normal,

    /// <summary>The write is flushed to the disk. A power cut loses no acknowledged write, if the disk honors flushes.</summary>
    Full,
}
