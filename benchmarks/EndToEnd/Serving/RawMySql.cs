using MySqlConnector;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>SELECT and UPDATE by primary key, prepared, on the table of express-mysql-session under another name.</summary>
internal sealed class RawMySql(MySqlDataSource source) : IRawStore
{
    private const string Select = "SELECT CAST(data AS BINARY), expires FROM floor WHERE session_id = @sid AND expires > @now";
    private const string Touch = "UPDATE floor SET expires = @expires WHERE session_id = @sid";
    private const string Store = "UPDATE floor SET expires = @expires, data = @data WHERE session_id = @sid";

    public static async Task<RawMySql> ConnectAsync(string place)
    {
        var source = new MySqlDataSource(place + ";Connection Reset=false");
        await using var create = source.CreateCommand(
            "CREATE TABLE floor (session_id varchar(128) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, expires int unsigned NOT NULL, data "
                + "mediumtext COLLATE utf8mb4_bin, KEY (expires)) ENGINE=InnoDB"
        );
        await create.ExecuteNonQueryAsync();
        return new RawMySql(source);
    }

    public async ValueTask CreateAsync(string sid, byte[] payload)
    {
        await using var connection = await source.OpenConnectionAsync();
        await ExecuteAsync(connection, "INSERT INTO floor (session_id, expires, data) VALUES (@sid, @expires, @data)", sid, payload);
    }

    public async ValueTask<bool> ReadAsync(string sid)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await GetAsync(connection, sid) is not null && await ExecuteAsync(connection, Touch, sid, payload: null);
    }

    public async ValueTask<bool> WriteAsync(string sid)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await GetAsync(connection, sid) is { } payload && await ExecuteAsync(connection, Store, sid, payload);
    }

    private static async Task<byte[]?> GetAsync(MySqlConnection connection, string sid)
    {
        await using var command = new MySqlCommand(Select, connection);
        command.Parameters.AddWithValue("sid", sid);
        command.Parameters.AddWithValue("now", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        await command.PrepareAsync();
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? reader.GetFieldValue<byte[]>(0) : null;
    }

    private static async Task<bool> ExecuteAsync(MySqlConnection connection, string sql, string sid, byte[]? payload)
    {
        await using var command = new MySqlCommand(sql, connection);
        command.Parameters.AddWithValue("sid", sid);
        command.Parameters.AddWithValue("expires", Floor.Expires().ToUnixTimeSeconds());
        if (payload is not null)
        {
            command.Parameters.AddWithValue("data", payload);
        }

        await command.PrepareAsync();
        return await command.ExecuteNonQueryAsync() == 1;
    }
}
