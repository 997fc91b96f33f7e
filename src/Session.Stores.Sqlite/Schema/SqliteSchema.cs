using ServerSessions.Stores.Sqlite.Connection;
using ServerSessions.Stores.Sqlite.Statements;

namespace ServerSessions.Stores.Sqlite.Schema;

/// <summary>
/// Prepares an opened database: write-ahead log, table, index. It only reads what exists, so opening then needs no lock. A busy fault is
/// rethrown; the method may be repeated, in any number of processes at once.
/// </summary>
internal sealed class SqliteSchema(SessionStatements sql, SqliteErrors errors, bool createTable, SqliteSynchronous synchronous)
{
    public void Prepare(StoreConnection connection)
    {
        if (connection.IsReadOnly)
        {
            throw new SqliteFault(SQLitePCL.raw.SQLITE_READONLY, "attempt to write a readonly database");
        }

        // Checked before any write: SQLite keeps the payload's bytes only in a UTF-8 database.
        var encoding = connection.Scalar("PRAGMA encoding");
        if (encoding != "UTF-8")
        {
            throw errors.Unusable(
                $"its encoding is {encoding}, and sessions are stored byte for byte in UTF-8. Use a UTF-8 database, SQLite's default."
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

    /// <summary>Sets how a connection flushes its writes; the checkpointer's connection writes too.</summary>
    public void SetSynchronous(StoreConnection connection) =>
        connection.Execute(synchronous == SqliteSynchronous.Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");

    private static bool Has(StoreConnection connection, string name) =>
        connection.Scalar("SELECT type FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE", name) is not null;

    private void UseWriteAheadLog(StoreConnection connection)
    {
        // Read the mode first: only the switch needs an exclusive lock.
        if (connection.Scalar("PRAGMA journal_mode") == "wal")
        {
            return;
        }

        var mode = connection.Scalar("PRAGMA journal_mode = WAL");
        if (mode != "wal")
        {
            throw errors.Unusable(
                $"it cannot use a write-ahead log and stays in journal mode '{mode}'. Put the file on a local disk, and remove a 'vfs' "
                    + $"without shared memory from the URI."
            );
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
            throw errors.Unusable(
                $"it has no table '{sql.TableName}'. Create it with 'CREATE TABLE {sql.TableName} (sid PRIMARY KEY, expired, sess)', "
                    + $"or set CreateTable."
            );
        }

        // The declared types must keep numbers in 'expired' and text in 'sid' unchanged.
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
            throw errors.Unusable(
                $"table '{sql.TableName}' has the columns ({columns}) and not those of connect-sqlite3 (sid, expired, sess) with a "
                    + "number in 'expired'. It belongs to another library, such as better-sqlite3-session-store or "
                    + "connect-session-knex. Choose another TableName."
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
            throw errors.Unusable(
                $"the column 'sid' of table '{sql.TableName}' is not its primary key, or ignores case. Choose another TableName."
            );
        }
    }

    /// <summary>Refuses a view, a virtual table and triggers: they run code of another author on every session.</summary>
    private void CheckThatNothingElseRuns(StoreConnection connection)
    {
        var type = connection.Scalar(
            "SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ?1 COLLATE NOCASE",
            sql.TableName
        );
        if (type is not (null or "table"))
        {
            throw errors.Unusable(
                $"'{sql.TableName}' is of the type '{type}' and not a table. Choose another TableName, or remove it."
            );
        }

        var triggers = connection.Scalar(
            "SELECT group_concat(name, ', ') FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE",
            sql.TableName
        );
        if (triggers is { Length: > 0 })
        {
            throw errors.Unusable(
                $"table '{sql.TableName}' has triggers ({triggers}), which run on each write and can copy or change the session. "
                    + $"Remove them with 'DROP TRIGGER'."
            );
        }
    }
}
