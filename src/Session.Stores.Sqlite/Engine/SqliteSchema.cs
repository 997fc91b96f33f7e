namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// Makes a freshly opened database fit for use: write-ahead log, table, index. What is there already is only looked at, so that opening
/// needs no lock then. A busy fault comes out as it is; the whole is safe to repeat, in any number of processes at once.
/// </summary>
internal sealed class SqliteSchema(SessionSql sql, SqliteFailures failures, bool createTable, SqliteSynchronous synchronous)
{
    public void Prepare(StoreConnection connection)
    {
        if (connection.IsReadOnly)
        {
            throw new SqliteFault(SQLitePCL.raw.SQLITE_READONLY, "attempt to write a readonly database");
        }

        // Before anything is written: bytes are kept as they are only where text is UTF-8.
        var encoding = connection.Scalar("PRAGMA encoding");
        if (encoding != "UTF-8")
        {
            throw failures.Layout(
                $"its encoding is {encoding}, and sessions are kept byte for byte in UTF-8. Use a database made with UTF-8, SQLite's "
                    + $"default."
            );
        }

        if (Has(connection, sql.TableName))
        {
            CheckLayout(connection);
        }

        if (connection.FileName.Length > 0)
        {
            UseWriteAheadLog(connection);
        }

        SetSynchronous(connection);
        if (createTable && !(Has(connection, sql.TableName) && Has(connection, sql.IndexName)))
        {
            Create(connection);
        }

        CheckLayout(connection);
    }

    /// <summary>How a connection flushes what it writes, whoever it is that writes.</summary>
    public void SetSynchronous(StoreConnection connection) =>
        connection.Execute(synchronous == SqliteSynchronous.Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");

    private static bool Has(StoreConnection connection, string name) =>
        connection.Scalar("SELECT type FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE", name) is not null;

    private void UseWriteAheadLog(StoreConnection connection)
    {
        // Asking first: the switch needs the file for itself, asking does not.
        if (connection.Scalar("PRAGMA journal_mode") == "wal")
        {
            return;
        }

        var mode = connection.Scalar("PRAGMA journal_mode = WAL");
        if (mode != "wal")
        {
            throw failures.Layout($"it cannot use a write-ahead log and stays in journal mode '{mode}'. Put the file on a local disk.");
        }
    }

    private void Create(StoreConnection connection)
    {
        connection.Begin();
        try
        {
            connection.Execute(sql.CreateTable);
            CheckLayout(connection);
            connection.Execute(sql.CreateIndex);
            connection.Commit();
        }
        finally
        {
            connection.Rollback();
        }
    }

    private void CheckLayout(StoreConnection connection)
    {
        CheckThatNothingElseRuns(connection);
        var columns = connection.Scalar("SELECT group_concat(name, ', ') FROM pragma_table_info(?1)", sql.TableName) ?? "";
        if (columns.Length == 0)
        {
            throw failures.Layout(
                $"there is no table '{sql.TableName}'. Create it with 'CREATE TABLE {sql.TableName} (sid PRIMARY KEY, expired, sess)', "
                    + $"or set CreateTable."
            );
        }

        // 'expired' must keep numbers as numbers and 'sid' text as text, whatever type they were declared with.
        var usable = connection.Scalar(
            """
            SELECT count(*) FROM pragma_table_info(?1) WHERE name = 'sess' COLLATE NOCASE
            OR (name = 'sid' COLLATE NOCASE AND (type = '' OR type LIKE '%CHAR%' OR type LIKE '%TEXT%' OR type LIKE '%CLOB%' OR type LIKE '%BLOB%'))
            OR (name = 'expired' COLLATE NOCASE
                AND NOT (type LIKE '%CHAR%' OR type LIKE '%TEXT%' OR type LIKE '%CLOB%' OR type LIKE '%DATE%' OR type LIKE '%TIME%'))
            """,
            sql.TableName
        );
        if (usable != "3")
        {
            throw failures.Layout(
                $"table '{sql.TableName}' has the columns ({columns}) and is not connect-sqlite3's (sid, expired, sess) with a number "
                    + $"in 'expired'. "
                    + "It belongs to another library, such as better-sqlite3-session-store or connect-session-knex. Choose another "
                    + "TableName."
            );
        }

        var unique = connection.Scalar(
            """
            SELECT count(*) FROM pragma_index_list(?1) AS list WHERE list."unique" = 1 AND list.partial = 0
            AND (SELECT group_concat(lower(part.name) || ' ' || part.coll) FROM pragma_index_xinfo(list.name) AS part WHERE part."key" = 1) = 'sid BINARY'
            """,
            sql.TableName
        );
        if (unique == "0")
        {
            throw failures.Layout(
                $"the column 'sid' of table '{sql.TableName}' is not its primary key, or compares without regard to case. Choose "
                    + $"another TableName."
            );
        }
    }

    /// <summary>A view, a virtual table or a trigger runs what somebody else has written, with each session in its hands.</summary>
    private void CheckThatNothingElseRuns(StoreConnection connection)
    {
        var type = connection.Scalar(
            "SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ?1 COLLATE NOCASE",
            sql.TableName
        );
        if (type is not (null or "table"))
        {
            throw failures.Layout(
                $"'{sql.TableName}' is no table there: it is of the type '{type}'. Choose another TableName, or remove it."
            );
        }

        var triggers = connection.Scalar(
            "SELECT group_concat(name, ', ') FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE",
            sql.TableName
        );
        if (triggers is { Length: > 0 })
        {
            throw failures.Layout(
                $"table '{sql.TableName}' has triggers ({triggers}), which are run with each session that is written and can copy or "
                    + $"change it. Remove them with 'DROP TRIGGER'."
            );
        }
    }
}
