using MySqlConnector;

namespace ServerSessions.Testing.Tests;

public sealed class MariaDbServerTests(SharedMySql shared)
{
    private const string Tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = database()";

    [Fact]
    public async Task Every_test_has_an_empty_database_of_its_own()
    {
        await using var first = await shared.NewPlaceAsync();
        await using var second = await shared.NewPlaceAsync();
        await first.ExecuteAsync("CREATE TABLE sessions (session_id int)");

        Assert.Equal(0L, await ScalarAsync(second.ConnectionString, Tables));
        Assert.Equal(1L, await ScalarAsync(first.ConnectionString, Tables));
    }

    [Fact]
    public async Task A_dropped_database_takes_its_users_along_and_waits_for_no_open_transaction()
    {
        await using var watching = await shared.NewPlaceAsync();
        await using var open = new MySqlConnection();
        string name;
        string left;
        await using (var database = await shared.NewPlaceAsync())
        {
            name = database.Name;
            (var user, left) = await database.NewUserAsync();
            await database.ExecuteAsync($"CREATE TABLE t (a int); GRANT SELECT ON t TO '{user}'@'%'");
            Assert.Equal(0L, await ScalarAsync(left, "SELECT count(*) FROM t"));
            var refused = await Assert.ThrowsAsync<MySqlException>(() => ScalarAsync(left, "INSERT INTO t VALUES (1)"));
            Assert.Equal(MySqlErrorCode.TableAccessDenied, refused.ErrorCode);

            open.ConnectionString = database.ConnectionString + ";Pooling=false";
            await open.OpenAsync();
            await using var begin = new MySqlCommand("BEGIN; SELECT * FROM t", open);
            await begin.ExecuteNonQueryAsync();
        }

        var gone = $"SELECT count(*) FROM information_schema.schemata WHERE schema_name = '{name}'";
        Assert.Equal(0L, await ScalarAsync(watching.ConnectionString, gone));
        Assert.Equal(
            MySqlErrorCode.AccessDenied,
            (await Assert.ThrowsAsync<MySqlException>(() => ScalarAsync(left, "SELECT 1"))).ErrorCode
        );
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using var database = await shared.NewPlaceAsync();
        var wrong = new MySqlConnectionStringBuilder(database.ConnectionString) { Password = "wrong" }.ConnectionString;

        var refused = await Assert.ThrowsAsync<MySqlException>(() => ScalarAsync(wrong, "SELECT 1"));
        Assert.Equal(MySqlErrorCode.AccessDenied, refused.ErrorCode);
    }

    [Fact]
    public async Task A_stopped_and_a_killed_server_start_again_with_their_data()
    {
        await using var server = await MariaDbServer.StartAsync("--max-connections=17");
        await using var database = await server.NewDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
        Assert.Equal(17L, Convert.ToInt64(await server.ScalarAsync("SELECT @@max_connections"), null));

        await server.Process.StopAsync();
        await Assert.ThrowsAsync<MySqlException>(() => ScalarAsync(database.ConnectionString, "SELECT 1"));
        await server.Process.StartAgainAsync();
        Assert.Equal(1L, await ScalarAsync(database.ConnectionString, "SELECT count(*) FROM t"));

        await server.Process.KillAsync();
        await server.Process.StartAgainAsync();
        Assert.Equal(1L, await ScalarAsync(database.ConnectionString, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task A_frozen_server_leaves_open_connections_without_an_answer()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var connection = new MySqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand("SELECT 7", connection);

        server.Process.Freeze();
        var answer = command.ExecuteScalarAsync();
        await Task.Delay(200);
        Assert.False(answer.IsCompleted);

        server.Process.Thaw();
        Assert.Equal(7, Convert.ToInt32(await answer, null));
    }

    [Fact]
    public async Task A_server_with_a_certificate_speaks_TLS_to_those_who_trust_it()
    {
        using var certificate = TestCertificate.For("127.0.0.1");
        await using var server = await MariaDbServer.StartWithTlsAsync(certificate);
        var trusting = $"{server.ConnectionString};SSL Mode=VerifyFull;SSL CA={certificate.AuthorityFile}";
        Assert.Equal(
            "TLS",
            await ScalarAsync(
                trusting,
                "SELECT LEFT(variable_value, 3) FROM information_schema.session_status WHERE variable_name = 'SSL_VERSION'"
            )
        );
        await Assert.ThrowsAsync<MySqlException>(() => ScalarAsync(server.ConnectionString + ";SSL Mode=VerifyFull", "SELECT 1"));
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new MySqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
