using ServerSessions.Stores.Sqlite.Connection;

namespace ServerSessions.Stores.Sqlite;

/// <content>What the file tells an operator.</content>
public sealed partial class SqliteSessionStore : IDiagnosableSessionStore
{
    // The checkpointer keeps the log at a few MiB. A hundred times as much means that it does not get to run.
    private const long MostLogBytes = 256 * 1024 * 1024;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoreCheck>> DiagnoseAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _database.ReadAsync(
            SessionStoreOperation.Length,
            this,
            static (connection, store) => (IReadOnlyList<StoreCheck>)[.. store.Diagnose(connection)],
            cancellationToken
        );
    }

    private IEnumerable<StoreCheck> Diagnose(StoreConnection connection)
    {
        var now = Clock.Now;
        var alive = Count(now);
        var all = Count(DateTimeOffset.UnixEpoch);
        yield return StoreCheck.Passed(StoreCheckGroup.Reach, "library", $"SQLite {connection.Scalar("SELECT sqlite_version()")}");
        yield return StoreCheck.Passed(StoreCheckGroup.Shape, "table", $"{_tableName}, {_errors.Place}");
        yield return StoreChecks.ExpiryIndex(
            connection.Scalar(
                "SELECT 1 FROM pragma_index_list(?1) AS l, pragma_index_info(l.name) AS i WHERE i.seqno = 0 AND i.name = "
                    + "'expired' COLLATE NOCASE",
                _tableName
            )
                is not null,
            $"CREATE INDEX \"{_tableName}_expired\" ON \"{_tableName}\"(expired);"
        );
        yield return StoreChecks.Expired(all - alive, all - Count(now - StoreChecks.LongExpired), "rows");
        yield return StoreCheck.Passed(StoreCheckGroup.Safety, "journal", $"{connection.Scalar("PRAGMA journal_mode")}");
        if (connection.FileName is { Length: > 0 } file)
        {
            foreach (var check in OfFile(file))
            {
                yield return check;
            }
        }

        long Count(DateTimeOffset instant) => _table.Count(connection, Statements.EpochMilliseconds.Now(instant));
    }

    private static IEnumerable<StoreCheck> OfFile(string file)
    {
        var log = new FileInfo(file + "-wal") is { Exists: true } found ? found.Length : 0;
        yield return StoreCheck.Of(
            log <= MostLogBytes,
            StoreCheckGroup.Tidy,
            "write-ahead log",
            StoreChecks.Mebibytes(log),
            $"less than {StoreChecks.Mebibytes(MostLogBytes)}",
            "A long read or a process that hangs keeps the log from being emptied. Find and end it."
        );
        yield return StoreChecks.FreeDisk(Path.GetDirectoryName(file)!);
    }
}
