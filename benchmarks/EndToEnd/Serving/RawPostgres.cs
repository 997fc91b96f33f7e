using Npgsql;
using NpgsqlTypes;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>SELECT and UPDATE by primary key, prepared, on the table of connect-pg-simple under another name.</summary>
internal sealed class RawPostgres(NpgsqlDataSource source) : IRawStore
{
    private const string Select = "SELECT sess::text, expire FROM floor WHERE sid = $1 AND expire > $2";
    private const string Touch = "UPDATE floor SET expire = $2 WHERE sid = $1";
    private const string Store = "UPDATE floor SET expire = $2, sess = $3::json WHERE sid = $1";

    public static async Task<RawPostgres> ConnectAsync(string place)
    {
        var source = NpgsqlDataSource.Create(place);
        await using var create = source.CreateCommand(
            "CREATE TABLE floor (sid varchar NOT NULL PRIMARY KEY, sess json NOT NULL, expire timestamp(6) NOT NULL); CREATE INDEX ON "
                + "floor (expire)"
        );
        await create.ExecuteNonQueryAsync();
        return new RawPostgres(source);
    }

    public async ValueTask CreateAsync(string sid, byte[] payload)
    {
        await using var connection = await source.OpenConnectionAsync();
        await ExecuteAsync(
            connection,
            "INSERT INTO floor (sid, expire, sess) VALUES ($1, $2, $3::json)",
            sid,
            Now() + Floor.Lifetime,
            payload
        );
    }

    public async ValueTask<bool> ReadAsync(string sid)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await GetAsync(connection, sid) is not null
            && await ExecuteAsync(connection, Touch, sid, Now() + Floor.Lifetime, payload: null);
    }

    public async ValueTask<bool> WriteAsync(string sid)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await GetAsync(connection, sid) is { } payload
            && await ExecuteAsync(connection, Store, sid, Now() + Floor.Lifetime, payload);
    }

    private static async Task<byte[]?> GetAsync(NpgsqlConnection connection, string sid)
    {
        await using var command = new NpgsqlCommand(Select, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sid });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = Now(), NpgsqlDbType = NpgsqlDbType.Timestamp });
        await command.PrepareAsync();
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? reader.GetFieldValue<byte[]>(0) : null;
    }

    private static async Task<bool> ExecuteAsync(NpgsqlConnection connection, string sql, string sid, DateTime expires, byte[]? payload)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sid });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = expires, NpgsqlDbType = NpgsqlDbType.Timestamp });
        if (payload is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = payload, NpgsqlDbType = NpgsqlDbType.Text });
        }

        await command.PrepareAsync();
        return await command.ExecuteNonQueryAsync() == 1;
    }

    private static DateTime Now() => DateTime.SpecifyKind(TimeProvider.System.GetUtcNow().UtcDateTime, DateTimeKind.Unspecified);
}
