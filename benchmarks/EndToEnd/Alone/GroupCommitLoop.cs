using Microsoft.Data.Sqlite;
using ServerSessions.Benchmarks.EndToEnd.Serving;

namespace ServerSessions.Benchmarks.EndToEnd.Alone;

/// <summary>
/// The most that one connection can store: a prepared UPDATE in a loop, as many of them in a transaction as there are callers, on the table
/// of connect-sqlite3 with the journal and the flushing of this project's store. One thread, no one waits for anyone, nothing is read.
/// </summary>
internal sealed class GroupCommitLoop : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly RawSqliteStatement _begin;
    private readonly RawSqliteStatement _update;
    private readonly RawSqliteStatement _commit;

    public GroupCommitLoop(string file)
    {
        _connection = new SqliteConnection($"Data Source={file};Pooling=False");
        _connection.Open();
        RawSqlite.CreateTable(_connection);
        _begin = new RawSqliteStatement(_connection, "BEGIN IMMEDIATE");
        _update = new RawSqliteStatement(_connection, "UPDATE floor SET expired = $expired, sess = $sess WHERE sid = $sid");
        _commit = new RawSqliteStatement(_connection, "COMMIT");
    }

    /// <summary>Stores every session once.</summary>
    public void Fill(string[] sids, string payload)
    {
        var insert = new RawSqliteStatement(_connection, "INSERT INTO floor (sid, expired, sess) VALUES ($sid, $expired, $sess)");
        foreach (var sid in sids)
        {
            insert.Execute(sid, RawSqlite.Expires(), payload);
        }
    }

    /// <summary>One transaction.</summary>
    public void Update(ReadOnlySpan<string> sids, string payload)
    {
        _begin.Execute("", 0, "");
        foreach (var sid in sids)
        {
            if (_update.Execute(sid, RawSqlite.Expires(), payload) != 1)
            {
                throw new InvalidOperationException("A session is not there.");
            }
        }

        _commit.Execute("", 0, "");
    }

    public void Dispose() => _connection.Dispose();
}
