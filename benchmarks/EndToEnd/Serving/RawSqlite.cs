using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>
/// Prepared SELECT and UPDATE on the table of connect-sqlite3, in WAL mode and with synchronous = NORMAL, as the store opens it:
/// connections to read from, one to write with, a transaction for each write.
/// </summary>
internal sealed class RawSqlite : IRawStore
{
    private readonly ConcurrentBag<RawSqliteStatement> _readers = [];
    private readonly Lock _writing = new();
    private readonly SqliteConnection _writer;
    private readonly RawSqliteStatement _touch;
    private readonly RawSqliteStatement _store;
    private readonly string _file;

    public RawSqlite(string file)
    {
        _file = file;
        _writer = Open();
        CreateTable(_writer);
        _touch = new RawSqliteStatement(_writer, "UPDATE floor SET expired = $expired WHERE sid = $sid");
        _store = new RawSqliteStatement(
            _writer,
            "INSERT INTO floor (sid, expired, sess) VALUES ($sid, $expired, $sess) ON CONFLICT (sid) DO UPDATE SET expired = "
                + "excluded.expired, sess = excluded.sess"
        );
    }

    public static void CreateTable(SqliteConnection connection)
    {
        using var create = connection.CreateCommand();
        create.CommandText =
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE floor (sid PRIMARY KEY, expired, sess); CREATE INDEX "
            + "floor_expired ON floor(expired)";
        create.ExecuteNonQuery();
    }

    public static long Expires() => Now() + (long)Floor.Lifetime.TotalMilliseconds;

    public ValueTask CreateAsync(string sid, byte[] payload)
    {
        Store(sid, System.Text.Encoding.UTF8.GetString(payload));
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> ReadAsync(string sid)
    {
        if (Get(sid) is null)
        {
            return ValueTask.FromResult(false);
        }

        lock (_writing)
        {
            return ValueTask.FromResult(_touch.Execute(sid, Expires(), "") == 1);
        }
    }

    public ValueTask<bool> WriteAsync(string sid) => ValueTask.FromResult(Get(sid) is { } payload && Store(sid, payload));

    private string? Get(string sid)
    {
        var reader = _readers.TryTake(out var free)
            ? free
            : new RawSqliteStatement(Open(), "SELECT sess FROM floor WHERE sid = $sid AND expired > $expired");
        var payload = reader.Scalar(sid, Now());
        _readers.Add(reader);
        return payload;
    }

    private bool Store(string sid, string payload)
    {
        lock (_writing)
        {
            return _store.Execute(sid, Expires(), payload) == 1;
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        return connection;
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
