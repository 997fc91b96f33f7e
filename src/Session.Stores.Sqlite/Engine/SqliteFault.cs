using SQLitePCL;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// SQLite answered with an error. Never leaves this package: <see cref="SqliteFailures"/> turns it into the contract's errors.
/// </summary>
internal sealed class SqliteFault(int extendedCode, string detail) : Exception(detail)
{
    public int Code { get; } = extendedCode & 0xff;

    /// <summary>Another connection holds the lock (or, PROTOCOL, is at work on the log's index): waiting helps.</summary>
    public bool IsBusy => Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL;

    /// <summary>
    /// Whether the connection is to be opened afresh before it is used again. The exceptions concern one statement, or pass by themselves
    /// and leave the connection whole.
    /// </summary>
    public bool BreaksConnection =>
        !IsBusy && Code is not (raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_FULL or raw.SQLITE_NOMEM);

    public static void ThrowIfError(int code, sqlite3 db)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new SqliteFault(code, raw.sqlite3_errmsg(db).utf8_to_string());
        }
    }
}
