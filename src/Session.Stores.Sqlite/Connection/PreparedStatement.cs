using System.Text;
using SQLitePCL;

namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>
/// A prepared statement. Not thread-safe: one thread uses its connection at a time. <see cref="Step"/> throws a fault at once if SQLite is
/// busy.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public PreparedStatement(sqlite3 db, string sql)
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

    /// <summary>Moves to the next row; returns false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        SqliteFault.ThrowIfError(code, _db);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Runs a writing statement and returns the number of changed rows.</summary>
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

    /// <summary>Whether the column is text or a blob, whose bytes are stored unchanged.</summary>
    public bool IsBytes(int column) => raw.sqlite3_column_type(_statement, column) is raw.SQLITE_TEXT or raw.SQLITE_BLOB;

    /// <summary>Returns the bytes of a text or blob; valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>Returns the value as text, for any type and database encoding.</summary>
    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public double Number(int column) => raw.sqlite3_column_double(_statement, column);

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>
    /// Ends the statement's read and clears its parameters. Ignores SQLite's result, which repeats the error of the last step.
    /// </summary>
    public void Reset()
    {
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
    }

    public void Dispose() => _statement.Dispose();
}
