using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// An open connection with its prepared statements. It never waits for a lock (busy timeout 0). Used by one thread at a time.
/// </summary>
internal sealed class StoreConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, PreparedStatement> _prepared = [];

    private StoreConnection(SqliteConnection connection)
    {
        _connection = connection;
        Db = connection.Handle!;
    }

    /// <summary>The full path of the file; empty for a database in memory.</summary>
    public string FileName => raw.sqlite3_db_filename(Db, "main").utf8_to_string() ?? "";

    public bool IsReadOnly => raw.sqlite3_db_readonly(Db, "main") == 1;

    public bool InTransaction => raw.sqlite3_get_autocommit(Db) == 0;

    private sqlite3 Db { get; }

    public static StoreConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            var opened = new StoreConnection(connection);
            _ = raw.sqlite3_extended_result_codes(opened.Db, 1);
            _ = raw.sqlite3_busy_timeout(opened.Db, 0);
            return opened;
        }
        catch (Exception error)
        {
            connection.Dispose();
            if (error is SqliteException driver)
            {
                // Only the number is used: the driver's text may repeat parts of the connection string.
                throw new SqliteFault(driver.SqliteExtendedErrorCode, raw.sqlite3_errstr(driver.SqliteExtendedErrorCode).utf8_to_string());
            }

            throw;
        }
    }

    /// <summary>Opens a connection that cannot write.</summary>
    public static StoreConnection OpenToRead(string connectionString)
    {
        var connection = Open(connectionString);
        try
        {
            connection.Execute("PRAGMA query_only = 1");
            return connection;
        }
        catch (SqliteFault)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Returns the statement for a SQL text; prepared at first use and cached.</summary>
    public PreparedStatement Prepare(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
        {
            _prepared.Add(sql, statement = new PreparedStatement(Db, sql));
        }

        return statement;
    }

    public int Execute(string sql)
    {
        using var statement = new PreparedStatement(Db, sql);
        return statement.Execute();
    }

    /// <summary>Returns the first column of the first row as text; null if there is no row.</summary>
    public string? Scalar(string sql, string? argument = null)
    {
        using var statement = new PreparedStatement(Db, sql);
        if (argument is not null)
        {
            statement.BindText(1, System.Text.Encoding.UTF8.GetBytes(argument));
        }

        return statement.Step() ? statement.Text(0) : null;
    }

    public void Begin() => Prepare("BEGIN IMMEDIATE").Execute();

    /// <summary>Begins a read transaction: all reads until the commit see the snapshot of the first read.</summary>
    public void BeginRead() => Prepare("BEGIN").Execute();

    public void Commit() => Prepare("COMMIT").Execute();

    /// <summary>Rolls back the transaction if SQLite has not already done so. Ignores errors.</summary>
    public void Rollback()
    {
        if (InTransaction)
        {
            try
            {
                Prepare("ROLLBACK").Execute();
            }
            catch (SqliteFault)
            {
                // The connection is closed next, which also rolls back.
            }
        }
    }

    /// <summary>Returns the number of pages written since the last call: pages of the write-ahead log.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(Db, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Checkpoints the pages that no reader uses. Blocks neither readers nor writers (PASSIVE).</summary>
    public void Checkpoint() =>
        SqliteFault.ThrowIfError(raw.sqlite3_wal_checkpoint_v2(Db, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _), Db);

    public void Dispose()
    {
        foreach (var statement in _prepared.Values)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}
