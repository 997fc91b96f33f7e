using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;
using ServerSessions.Stores.Mongo;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Start;

/// <summary>What an application of Node's has left behind, with a session in it, and lacks what our stores would have made.</summary>
internal static class OlderForm
{
    public static TheoryData<string> Backends => Places.Cases("sqlite", "file", "postgres", "mysql", "mongo");

    /// <summary>
    /// What there is of it once stores have been opened on it: a table of PostgreSQL or MySQL that is there is never altered.
    /// </summary>
    public static string[] Afterwards(string backend) =>
        backend switch
        {
            "postgres" => ["index session_pkey", "table session"],
            "mysql" => ["index PRIMARY", "table sessions"],
            _ => Schema.Whole(backend),
        };

    /// <summary>Makes it, with a session under this id.</summary>
    public static async Task MakeAsync(StorePlace place, string sid)
    {
        var record = Sessions.Record(LeakCollector.Payload);
        var payload = Encoding.UTF8.GetString(record.Payload.Span);
        switch (place.Backend)
        {
            case "postgres":
                await PostgresAsync(place.Connection, sid, payload);
                break;
            case "mysql":
                await MySqlAsync(place.Connection, sid, payload);
                break;
            case "sqlite":
                await SqliteAsync(place.Connection, sid, payload);
                break;
            case "file":
                // session-file-store's: no folder for locks.
                Directory.CreateDirectory(place.Connection);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(place.Connection, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }

                var used = string.Create(
                    CultureInfo.InvariantCulture,
                    $",\"__lastAccess\":{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}}}"
                );
                await File.WriteAllTextAsync(Path.Combine(place.Connection, sid + ".json"), payload[..^1] + used);
                break;
            default:
                // connect-mongo's with autoRemove: 'disabled': no index.
                await using (
                    var store = new MongoSessionStore(
                        new MongoSessionStoreOptions
                        {
                            ConnectionString = place.Connection,
                            DatabaseName = place.Name,
                            CreateIndex = false,
                        }
                    )
                )
                {
                    await store.SetAsync(sid, record);
                }

                break;
        }
    }

    /// <summary>As the table.sql of connect-pg-simple had it before 6.1.</summary>
    private static async Task PostgresAsync(string connectionString, string sid, string payload)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand(
            """
            CREATE TABLE "session" ("sid" varchar NOT NULL COLLATE "default", "sess" json NOT NULL, "expire" timestamp(6) NOT NULL) WITH (OIDS=FALSE);
            ALTER TABLE "session" ADD CONSTRAINT "session_pkey" PRIMARY KEY ("sid") NOT DEFERRABLE INITIALLY IMMEDIATE;
            """,
            connection
        );
        await create.ExecuteNonQueryAsync();

        // Values apart from the text, which the driver puts into its activities.
        await using var insert = new NpgsqlCommand("INSERT INTO session VALUES ($1, $2::json, now() + interval '1 day')", connection);
        insert.Parameters.AddWithValue(sid);
        insert.Parameters.AddWithValue(payload);
        await insert.ExecuteNonQueryAsync();
    }

    /// <summary>As express-mysql-session makes it: without an index on the expiry.</summary>
    private static async Task MySqlAsync(string connectionString, string sid, string payload)
    {
        await using var connection = new MySqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var create = new MySqlCommand(
            "CREATE TABLE `sessions` (`session_id` varchar(128) COLLATE utf8mb4_bin NOT NULL, `expires` int(11) unsigned NOT NULL, `data` "
                + "mediumtext COLLATE utf8mb4_bin, PRIMARY KEY (`session_id`)) ENGINE=InnoDB",
            connection
        );
        await create.ExecuteNonQueryAsync();

        // Values apart from the text, which the driver puts into its activities.
        await using var insert = new MySqlCommand("INSERT INTO sessions VALUES (@sid, unix_timestamp() + 86400, @data)", connection);
        insert.Parameters.AddWithValue("@sid", sid);
        insert.Parameters.AddWithValue("@data", payload);
        await insert.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// As connect-sqlite3 has it without <c>concurrentDb</c>: no index, and a rollback journal, which the first to open it has to change.
    /// </summary>
    private static async Task SqliteAsync(string file, string sid, string payload)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            "CREATE TABLE IF NOT EXISTS sessions (sid PRIMARY KEY, expired, sess); INSERT INTO sessions VALUES ($sid, $expired, $sess)";
        command.Parameters.AddWithValue("$sid", sid);
        command.Parameters.AddWithValue("$expired", (TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(1)).ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$sess", payload);
        await command.ExecuteNonQueryAsync();
    }
}
