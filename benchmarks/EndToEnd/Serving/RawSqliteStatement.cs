using Microsoft.Data.Sqlite;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>One prepared statement; the text has some of the parameters <c>$sid</c>, <c>$expired</c>, <c>$sess</c>.</summary>
internal sealed class RawSqliteStatement
{
    private readonly SqliteCommand _command;
    private readonly SqliteParameter _sid;
    private readonly SqliteParameter _expired;
    private readonly SqliteParameter _sess;

    public RawSqliteStatement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        _sid = _command.Parameters.Add("$sid", SqliteType.Text);
        _expired = _command.Parameters.Add("$expired", SqliteType.Integer);
        _sess = _command.Parameters.Add("$sess", SqliteType.Text);
        _command.Prepare();
    }

    public int Execute(string sid, long expired, string payload)
    {
        Bind(sid, expired, payload);
        return _command.ExecuteNonQuery();
    }

    public string? Scalar(string sid, long expired)
    {
        Bind(sid, expired, "");
        return (string?)_command.ExecuteScalar();
    }

    private void Bind(string sid, long expired, string payload)
    {
        _sid.Value = sid;
        _expired.Value = expired;
        _sess.Value = payload;
    }
}
