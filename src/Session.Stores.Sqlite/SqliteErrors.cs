using ServerSessions.Stores.Sqlite.Connection;
using SQLitePCL;

namespace ServerSessions.Stores.Sqlite;

/// <summary>Maps SQLite's errors to the exceptions of the store contract.</summary>
internal sealed class SqliteErrors(SqliteLocation location, string tableName)
    : DiskErrors(SqliteSessionStore.BackendName, $"the SQLite database '{location.Description}'")
{
    public SessionStoreException From(SqliteFault fault, SessionStoreOperation operation)
    {
        var reason = Describe(fault);
        return fault.IsBusy
            ? Unavailable(operation, reason, fault)
            : Failed(operation, reason, isTransient: fault.Code == raw.SQLITE_NOMEM, fault);
    }

    /// <summary>Maps an unexpected exception, such as a native library that cannot be loaded.</summary>
    public SessionStoreException From(Exception error, SessionStoreOperation operation) =>
        Failed(operation, $"{error.GetType().Name}. See the inner exception.", cause: error);

    public SessionStoreException NoPayload() =>
        Failed(
            SessionStoreOperation.Get,
            $"the column 'sess' of its row in table '{tableName}' is neither text nor a blob. Remove or repair the row."
        );

    public SessionStoreUnavailableException Locked(SessionStoreOperation operation, TimeSpan waited, SqliteFault? fault = null) =>
        Unavailable(
            operation,
            $"it was locked by another process or connection for {Seconds(waited)} (OperationTimeout). Nothing was written. Find and end "
                + "the long transaction (a shell, a backup, a migration), or raise OperationTimeout.",
            fault
        );

    private string Describe(SqliteFault fault) =>
        fault.Code switch
        {
            raw.SQLITE_CANTOPEN => WhyNotOpened(),
            raw.SQLITE_READONLY =>
                "it is read-only for this process. Give the process the right to write the file and its folder, which also holds the "
                    + "-wal and -shm files.",
            raw.SQLITE_PERM or raw.SQLITE_AUTH =>
                "access was denied. Give the process the right to read and write the file and its folder.",
            raw.SQLITE_NOTADB => "the file is not a database, or it is encrypted. Give another path, or move the file away.",
            raw.SQLITE_CORRUPT =>
                "the file is damaged. Restore it from a backup, or move it away (with -wal and -shm) to start with an empty one.",
            raw.SQLITE_FULL => "the disk, or the database's own size limit, is full. Nothing was written. Free some space.",
            raw.SQLITE_IOERR =>
                $"reading or writing the file failed ({fault.Message}). Check the disk and its quota, and that the folder still exists.",
            raw.SQLITE_TOOBIG => "the session is larger than SQLite accepts (1 GB by default). Nothing was written. Store less in it.",
            raw.SQLITE_NOMEM => "there was not enough memory. Nothing was written.",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL =>
                "it is locked by another process or connection. Nothing was written. Try again.",
            raw.SQLITE_CONSTRAINT =>
                $"a constraint of table '{tableName}' refused the row ({fault.Message}). Remove it; connect-sqlite3's table has none.",
            _ => $"SQLite reported '{fault.Message}' (error {fault.Code}). Check that table '{tableName}' exists and is unchanged.",
        };

    private string WhyNotOpened()
    {
        if (Directory.Exists(location.File))
        {
            return "the path is a folder. Give the path of a file.";
        }

        return Path.GetDirectoryName(location.File) is { } folder && !Directory.Exists(folder)
                ? $"the folder '{(location.Description == location.File ? folder : location.Description)}' does not exist. Create it, or "
                    + $"give another path."
            : !location.Creates && !File.Exists(location.File)
                ? "the file does not exist. Give the path of a database, or set CreateTable and no Mode."
            : "the file cannot be opened or created. Check the path, and that the process may write the file and its folder.";
    }
}
