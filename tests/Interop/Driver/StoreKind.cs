namespace ServerSessions.Interop.Driver;

/// <summary>The kinds of stores that a pair of hosts can have alike.</summary>
internal enum StoreKind
{
    /// <summary>express-session's memory store, and this project's: a touch writes the cookie into the stored session.</summary>
    Memory,

    /// <summary>
    /// This project's SQLite store, and in Node a store that keeps the end beside the session as that does. (connect-sqlite3 itself lets a
    /// session without a lifetime die a day after it was written and hands out ends that are older than the true ones.)
    /// </summary>
    Sqlite,
}
