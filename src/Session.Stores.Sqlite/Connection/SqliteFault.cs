using SQLitePCL;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// An error that SQLite reported. Never leaves this package: <see cref="SqliteErrors"/> maps it to an exception of the contract.
/// </summary>
internal sealed class SqliteFault(int extendedCode, string detail) : Exception(detail)
{
    public int Code { get; } = extendedCode & 0xff;

    /// <summary>Whether another connection holds the lock, or rebuilds the log's index (PROTOCOL): waiting helps.</summary>
    public bool IsBusy => Code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL;

    /// <summary>
    /// Whether the connection must be reopened before its next use. The excluded errors concern one statement or are temporary, and leave
    /// the connection usable.
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
