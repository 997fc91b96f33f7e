using Npgsql;

namespace ServerSessions.Testing.Tests;

public sealed class PostgresServerTests(SharedPostgres shared)
{
    [Fact]
    public async Task Every_test_has_an_empty_database_of_its_own()
    {
        await using var first = await shared.NewPlaceAsync();
        await using var second = await shared.NewPlaceAsync();
        await first.ExecuteAsync("CREATE TABLE session (sid text)");

        Assert.Equal(0L, await ScalarAsync(second.ConnectionString, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
        Assert.Equal(1L, await ScalarAsync(first.ConnectionString, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task A_dropped_database_takes_its_roles_along()
    {
        await using var watching = await shared.NewPlaceAsync();
        string name;
        await using (var database = await shared.NewPlaceAsync())
        {
            name = database.Name;
            var (role, connectionString) = await database.NewRoleAsync();
            await database.ExecuteAsync($"CREATE TABLE t (a int); GRANT SELECT ON t TO {role}");
            Assert.Equal(0L, await ScalarAsync(connectionString, "SELECT count(*) FROM t"));
            var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(connectionString, "INSERT INTO t VALUES (1)"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        Assert.Equal(0L, await ScalarAsync(watching.ConnectionString, $"SELECT count(*) FROM pg_roles WHERE rolname LIKE '{name}%'"));
        Assert.Equal(0L, await ScalarAsync(watching.ConnectionString, $"SELECT count(*) FROM pg_database WHERE datname = '{name}'"));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        await using var database = await shared.NewPlaceAsync();
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = "wrong" }.ConnectionString;

        var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(wrong, "SELECT 1::bigint"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task A_stopped_and_a_killed_server_start_again_with_their_data()
    {
        await using var server = await PostgresServer.StartAsync("max_connections=17");
        await using var database = await server.NewDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
        Assert.Equal("17", await ScalarAsync(server.ConnectionString, "SHOW max_connections"));

        await server.Process.StopAsync();
        await Assert.ThrowsAsync<NpgsqlException>(() => ScalarAsync(database.ConnectionString, "SELECT 1::bigint"));
        await server.Process.StartAgainAsync();
        Assert.Equal(1L, await ScalarAsync(database.ConnectionString, "SELECT count(*) FROM t"));

        await server.Process.KillAsync();
        await server.Process.StartAgainAsync();
        Assert.Equal(1L, await ScalarAsync(database.ConnectionString, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Of_a_killed_server_no_process_is_left_that_holds_its_memory_when_the_kill_is_done()
    {
        await using var server = await PostgresServer.StartAsync();
        for (var round = 0; round < 5; round++)
        {
            // Many and large, so that the last of them ends a while after the first.
            await using var source = NpgsqlDataSource.Create(server.ConnectionString);
            var connections = await Task.WhenAll(
                Enumerable.Range(0, 40).Select(_ => source.OpenConnectionAsync(TestContext.Current.CancellationToken).AsTask())
            );
            foreach (var connection in connections)
            {
                await using var grow = new NpgsqlCommand(
                    "SET temp_buffers = '8MB'; CREATE TEMP TABLE large AS SELECT repeat('x', 1000) FROM generate_series(1, 5000)",
                    connection
                );
                await grow.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            var processes = ProcessTree.Tree(server.Process.ProcessId);
            Assert.True(processes.Count > 40);
            await server.Process.KillAsync();
            Assert.DoesNotContain(processes, ProcessTree.IsRunning);
            await server.Process.StartAgainAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_frozen_server_leaves_open_connections_without_an_answer()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT 7", connection);

        server.Process.Freeze();
        var answer = command.ExecuteScalarAsync();
        await Task.Delay(200);
        Assert.False(answer.IsCompleted);

        server.Process.Thaw();
        Assert.Equal(7, await answer);
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
