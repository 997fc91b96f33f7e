using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Prune;

/// <summary>Sessions that have ended, in masses.</summary>
internal static class ManyExpired
{
    private const string Payload =
        """{"cookie":{"originalMaxAge":3600000,"expires":"2020-01-01T00:00:00.000Z","httpOnly":true,"path":"/"},"owner":"somebody who left"}""";

    /// <summary>
    /// Adds sessions that ended within the hour before this time: a million at once where the backend has a language for it.
    /// </summary>
    /// <param name="place">Where to.</param>
    /// <param name="behind">A store there for which none of them has ended yet.</param>
    /// <param name="now">When all have.</param>
    /// <param name="count">How many.</param>
    public static async Task AddAsync(StorePlace place, ISessionStore behind, DateTimeOffset now, int count)
    {
        // Makes what it lies in.
        await behind.GetAsync("nobody");
        switch (place.Backend)
        {
            case "postgres":
                await PostgresAsync(
                    place.Connection,
                    $"INSERT INTO session SELECT md5(i::text), '{Payload}', to_timestamp({now.ToUnixTimeSeconds()}) - interval '1 "
                        + $"hour' * random() FROM generate_series(1, {count}) i; "
                        + "ANALYZE session"
                );
                break;
            case "mysql":
                // A product of two recursions: the two servers name the limit of a recursion differently.
                await MySqlAsync(
                    place.Connection,
                    "CREATE TEMPORARY TABLE thousand (i int)",
                    "INSERT INTO thousand SELECT * FROM (WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) "
                        + "SELECT i FROM n) numbers",
                    "CREATE TEMPORARY TABLE million AS SELECT i * 1000 + m.k AS i FROM thousand, (WITH RECURSIVE n (k) AS (SELECT 0 UNION "
                        + "ALL SELECT k + 1 FROM n WHERE k < 999) SELECT k FROM n) m",
                    $"INSERT INTO sessions SELECT md5(i), {now.ToUnixTimeSeconds()} - floor(3600 * rand()), '{Payload}' FROM million "
                        + $"WHERE i < {count}"
                );
                break;
            case "sqlite":
                await SqliteAsync(
                    place.Connection,
                    $$"""
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{count}})
                    INSERT INTO sessions (sid, expired, sess)
                    SELECT lower(hex(randomblob(16))), {{now.ToUnixTimeMilliseconds()}}.0 - abs(random() % 3600000), '{{Payload}}' FROM n
                    """
                );
                break;
            default:
                var payload = Sessions.Record("somebody who left").Payload;
                await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, (i, cancel) =>
                    behind.SetAsync(
                        Sessions.NewSid(),
                        new SessionRecord(payload.Span, now - TimeSpan.FromMilliseconds(i % 3_600_000)),
                        cancel
                    )
                );
                break;
        }
    }

    private static async Task PostgresAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false;Command Timeout=300");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task MySqlAsync(string connectionString, params string[] statements)
    {
        await using var connection = new MySqlConnection(connectionString + ";Pooling=false;Default Command Timeout=300");
        await connection.OpenAsync();
        foreach (var sql in statements)
        {
            await using var command = new MySqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task SqliteAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
