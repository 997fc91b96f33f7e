using Microsoft.Data.Sqlite;
using MongoDB.Bson;
using MongoDB.Driver;
using MySqlConnector;
using Npgsql;
using StackExchange.Redis;

namespace ServerSessions.Trust.Tests.Start;

/// <summary>What a backend holds beside the sessions (tables, indexes, folders), asked for without the stores.</summary>
internal static class Schema
{
    /// <summary>What a store makes on an empty place, and nothing twice.</summary>
    public static string[] Whole(string backend) =>
        backend switch
        {
            "postgres" => ["index IDX_session_expire", "index session_pkey", "table session"],
            "mysql" => ["index PRIMARY", "index expires", "table sessions"],
            "sqlite" => ["index sessions_expired", "index sqlite_autoindex_sessions_1", "table sessions"],
            "mongo" => ["collection sessions", "index _id_", "index expires_1"],
            "file" => [".locks"],
            _ => [],
        };

    /// <summary>What there is.</summary>
    public static async Task<string[]> OfAsync(StorePlace place)
    {
        List<string> found = place.Backend switch
        {
            "postgres" => await PostgresAsync(place.Connection),
            "mysql" => await MySqlAsync(place.Connection),
            "sqlite" => await SqliteAsync(place.Connection),
            "mongo" => await MongoAsync(place),
            "redis" => await RedisAsync(place),
            _ => Files(place.Connection),
        };
        found.Sort(StringComparer.Ordinal);
        return [.. found];
    }

    private static async Task<List<string>> PostgresAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT CASE relkind WHEN 'r' THEN 'table ' WHEN 'i' THEN 'index ' ELSE relkind::text END || relname
            FROM pg_class WHERE relnamespace = 'public'::regnamespace
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private static async Task<List<string>> MySqlAsync(string connectionString)
    {
        await using var connection = new MySqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(
            """
            SELECT concat('table ', table_name) FROM information_schema.tables WHERE table_schema = database()
            UNION ALL SELECT concat('index ', index_name) FROM information_schema.statistics WHERE table_schema = database()
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private static async Task<List<string>> SqliteAsync(string file)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT type || ' ' || name FROM sqlite_schema";
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private static async Task<List<string>> MongoAsync(StorePlace place)
    {
        using var client = new MongoClient(place.Connection);
        var database = client.GetDatabase(place.Name);
        var found = new List<string>();
        foreach (var name in await (await database.ListCollectionNamesAsync()).ToListAsync())
        {
            found.Add("collection " + name);
            var indexes = await (await database.GetCollection<BsonDocument>(name).Indexes.ListAsync()).ToListAsync();
            found.AddRange(indexes.Select(static index => "index " + index["name"].AsString));
        }

        return found;
    }

    /// <summary>Redis has none: what there is beside plain values.</summary>
    private static async Task<List<string>> RedisAsync(StorePlace place)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(place.Connection);
        var found = new List<string>();
        await foreach (var key in redis.GetServers()[0].KeysAsync(redis.GetDatabase().Database, place.Name + "*"))
        {
            if (await redis.GetDatabase().KeyTypeAsync(key) is var type && type != RedisType.String)
            {
                found.Add($"{type}");
            }
        }

        return found;
    }

    /// <summary>What lies in the folder and is no session: a temporary file or a probe that was left behind as well.</summary>
    private static List<string> Files(string folder) =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateFileSystemEntries(folder)
                    .Select(static path => Path.GetFileName(path))
                    .Where(static name => !name.EndsWith(".json", StringComparison.Ordinal)),
            ]
            : [];
}
