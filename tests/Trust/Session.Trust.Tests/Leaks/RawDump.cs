using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using MySqlConnector;
using Npgsql;
using StackExchange.Redis;

namespace ServerSessions.Trust.Tests.Leaks;

/// <summary>All that lies at a place, read without the stores, as text: bytes stand in it as Latin-1.</summary>
internal static class RawDump
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What there is; of a memory store, which no one else can read, what it lists.</summary>
    public static async Task<string> OfAsync(StorePlace place, ISessionStore store)
    {
        var dump = new StringBuilder();
        await (
            place.Backend switch
            {
                "postgres" => AppendPostgresAsync(dump, place.Connection),
                "mysql" => AppendMySqlAsync(dump, place.Connection),
                "redis" => AppendRedisAsync(dump, place),
                "mongo" => AppendMongoAsync(dump, place),
                "memory" => AppendListingAsync(dump, (IEnumerableSessionStore)store),
                _ => AppendFilesAsync(dump, Path.GetDirectoryName(place.Connection)!),
            }
        );
        Assert.True(dump.Length > 0);
        return dump.ToString();
    }

    private static async Task AppendPostgresAsync(StringBuilder dump, string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var tables = new List<string>();
        await using (
            var command = source.CreateCommand(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        )
        await using (var reader = await command.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel))
            {
                tables.Add(reader.GetString(0));
            }
        }

        foreach (var table in tables)
        {
            await using var command = source.CreateCommand($"SELECT row::text FROM {table} AS row");
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            while (await reader.ReadAsync(Cancel))
            {
                dump.Append(reader.GetString(0));
            }
        }
    }

    private static async Task AppendMySqlAsync(StringBuilder dump, string connectionString)
    {
        await using var source = new MySqlDataSource(connectionString);
        var tables = new List<string>();
        await using (var command = source.CreateCommand("SELECT table_name FROM information_schema.tables WHERE table_schema = database()"))
        await using (var reader = await command.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel))
            {
                tables.Add(reader.GetString(0));
            }
        }

        foreach (var table in tables)
        {
            await using var command = source.CreateCommand($"SELECT * FROM `{table}`");
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            while (await reader.ReadAsync(Cancel))
            {
                for (var column = 0; column < reader.FieldCount; column++)
                {
                    dump.Append(reader.GetValue(column));
                }
            }
        }
    }

    private static async Task AppendRedisAsync(StringBuilder dump, StorePlace place)
    {
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(place.Connection);
        var database = multiplexer.GetDatabase();
        await foreach (var key in multiplexer.GetServers()[0].KeysAsync(database.Database, place.Name + "*").WithCancellation(Cancel))
        {
            dump.Append(key).Append(Encoding.Latin1.GetString((byte[])(await database.StringGetAsync(key))!));
        }
    }

    private static async Task AppendMongoAsync(StringBuilder dump, StorePlace place)
    {
        using var client = new MongoClient(place.Connection);
        var database = client.GetDatabase(place.Name);
        foreach (var name in await (await database.ListCollectionNamesAsync(cancellationToken: Cancel)).ToListAsync(Cancel))
        {
            foreach (
                var document in await database
                    .GetCollection<BsonDocument>(name)
                    .Find(FilterDefinition<BsonDocument>.Empty)
                    .ToListAsync(Cancel)
            )
            {
                dump.Append(Encoding.Latin1.GetString(document.ToBson()));
            }
        }
    }

    private static async Task AppendFilesAsync(StringBuilder dump, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            dump.Append(file);
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var text = new StreamReader(stream, Encoding.Latin1);
            dump.Append(await text.ReadToEndAsync(Cancel));
        }
    }

    private static async Task AppendListingAsync(StringBuilder dump, IEnumerableSessionStore store)
    {
        await foreach (var entry in store.AllAsync(Cancel))
        {
            dump.Append(entry.Sid).Append(Encoding.Latin1.GetString(entry.Record.Payload.Span));
        }
    }
}
