using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// An open connection that never waits for a lock, and the statements prepared on it. Used by one thread at a time.
/// </summary>
internal sealed class StoreConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteStatement> _prepared = [];

    private StoreConnection(SqliteConnection connection)
    {
        _connection = connection;
        Db = connection.Handle!;
    }

    /// <summary>The full path of the file; empty where the database lives in memory.</summary>
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
                // By the number alone: the driver's text may repeat parts of the connection string.
                throw new SqliteFault(driver.SqliteExtendedErrorCode, raw.sqlite3_errstr(driver.SqliteExtendedErrorCode).utf8_to_string());
            }

            throw;
        }
    }

    /// <summary>The same, and nothing can be written through it.</summary>
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

    /// <summary>The statement for this text; prepared at first use and kept.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
        {
            _prepared.Add(sql, statement = new SqliteStatement(Db, sql));
        }

        return statement;
    }

    public int Execute(string sql)
    {
        using var statement = new SqliteStatement(Db, sql);
        return statement.Execute();
    }

    /// <summary>The first column of the first row as text; null where there is no row.</summary>
    public string? Scalar(string sql, string? argument = null)
    {
        using var statement = new SqliteStatement(Db, sql);
        if (argument is not null)
        {
            statement.BindText(1, System.Text.Encoding.UTF8.GetBytes(argument));
        }

        return statement.Step() ? statement.Text(0) : null;
    }

    public void Begin() => Prepare("BEGIN IMMEDIATE").Execute();

    /// <summary>What is read until the commit is of one instant: that of the first read.</summary>
    public void BeginRead() => Prepare("BEGIN").Execute();

    public void Commit() => Prepare("COMMIT").Execute();

    /// <summary>Undoes the transaction, where SQLite has not done so itself. An error here adds nothing to the one that led here.</summary>
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
                // The connection is closed next, which rolls back as well.
            }
        }
    }

    /// <summary>Pages written since the last time this was asked: in the write-ahead log, where there is one.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(Db, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Carries over what is in the write-ahead log and nobody reads there; keeps neither readers nor writers waiting.</summary>
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
