using Microsoft.Data.Sqlite;
using Npgsql;
using Session.Trust.Tests.Support;

namespace Session.Trust.Tests.Prune;

/// <summary>What lies in a backend, expired or not: put there in masses, and counted, without the stores where they have a language for it.</summary>
internal static class AtRest
{
    private const string Payload = """{"cookie":{"originalMaxAge":3600000,"expires":"2020-01-01T00:00:00.000Z","httpOnly":true,"path":"/"},"owner":"somebody who left"}""";

    /// <summary>Adds sessions that ended within the last hour, each at another time.</summary>
    public static async Task AddExpiredAsync(StorePlace place, ISessionStore store, int count)
    {
        switch (place.Backend)
        {
            case "postgres":
                await store.GetAsync("makes the table");
                await PostgresAsync(
                    place, $"INSERT INTO session SELECT md5(i::text), '{Payload}', now() - interval '1 hour' * random() FROM generate_series(1, {count}) i; ANALYZE session");
                break;
            case "sqlite":
                await store.GetAsync("makes the table");
                await SqliteAsync(
                    place,
                    $$"""
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{count}})
                    INSERT INTO sessions (sid, expired, sess)
                    SELECT lower(hex(randomblob(16))), unixepoch() * 1000.0 - abs(random() % 3600000), '{{Payload}}' FROM n
                    """);
                break;
            default:
                // Stored by an instance whose clock is behind: for it they live.
                var behind = new QuietClock(TimeSpan.FromHours(2));
                var filling = place.Backend == "memory" ? store : place.Open(behind);
                var life = place.Backend == "memory" ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromHours(1);
                await Parallel.ForEachAsync(
                    Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 },
                    async (i, cancel) =>
                    {
                        var now = place.Backend == "memory" ? TimeProvider.System.GetUtcNow() : behind.GetUtcNow();
                        await filling.SetAsync(Sessions.NewSid(), new SessionRecord(Sessions.Record("somebody who left").Payload.Span, now + (life * (1 - (0.9 * i / count)))), cancel);
                    });
                if (filling != store)
                {
                    await StorePlace.CloseAsync(filling);
                }

                break;
        }
    }

    /// <summary>How many there are; a memory store says itself how many live, and holds nothing else where it has pruned.</summary>
    public static async Task<long> CountAsync(StorePlace place, ISessionStore store) => place.Backend switch
    {
        "postgres" => await PostgresAsync(place, "SELECT count(*) FROM session"),
        "sqlite" => await SqliteAsync(place, "SELECT count(*) FROM sessions"),
        "file" => Directory.EnumerateFiles(place.Connection, "*.json").LongCount(),
        _ => await ((IEnumerableSessionStore)store).LengthAsync(),
    };

    /// <summary>How many deadlocks PostgreSQL has had to break in the database.</summary>
    public static async Task<long> DeadlocksAsync(StorePlace place) => place.Backend == "postgres"
        ? await PostgresAsync(place, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        : 0;

    private static async Task<long> PostgresAsync(StorePlace place, string sql)
    {
        await using var connection = new NpgsqlConnection(place.Connection + ";Pooling=false;Command Timeout=300");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }

    private static async Task<long> SqliteAsync(StorePlace place, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={place.Connection};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }
}
