using System.Text;
using SQLitePCL;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// A statement that is prepared once and run often. Not safe for threads: its connection is used by one at a time. SQLite's own BUSY comes
/// back from <see cref="Step"/> at once, as a fault.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(sqlite3 db, string sql)
    {
        _db = db;
        SqliteFault.ThrowIfError(raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), db);
    }

    public void BindSid(int index, string sid)
    {
        Span<byte> utf8 = stackalloc byte[Sid.MaxLength * 3];
        BindText(index, utf8[..Encoding.UTF8.GetBytes(sid, utf8)]);
    }

    public void BindText(int index, ReadOnlySpan<byte> utf8) =>
        SqliteFault.ThrowIfError(raw.sqlite3_bind_text(_statement, index, utf8), _db);

    public void BindBlob(int index, ReadOnlySpan<byte> bytes) =>
        SqliteFault.ThrowIfError(raw.sqlite3_bind_blob(_statement, index, bytes), _db);

    public void BindNumber(int index, double value) => SqliteFault.ThrowIfError(raw.sqlite3_bind_double(_statement, index, value), _db);

    public void BindInteger(int index, long value) => SqliteFault.ThrowIfError(raw.sqlite3_bind_int64(_statement, index, value), _db);

    /// <summary>Moves to the next row; false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        SqliteFault.ThrowIfError(code, _db);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Runs a writing statement to its end and tells how many rows it changed.</summary>
    public int Execute()
    {
        try
        {
            while (Step()) { }

            return raw.sqlite3_changes(_db);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Whether the column holds bytes as they were given: text, or a blob.</summary>
    public bool IsBytes(int column) => raw.sqlite3_column_type(_statement, column) is raw.SQLITE_TEXT or raw.SQLITE_BLOB;

    /// <summary>The bytes of a text or blob; valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>The value as text, whatever its type and the database's encoding.</summary>
    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public double Number(int column) => raw.sqlite3_column_double(_statement, column);

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>
    /// Ends the read that the statement holds open and lets go of what was bound. Repeats the last step's error, which is known already.
    /// </summary>
    public void Reset()
    {
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
    }

    public void Dispose() => _statement.Dispose();
}
