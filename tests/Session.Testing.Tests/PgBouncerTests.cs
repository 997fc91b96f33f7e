using Npgsql;

namespace ServerSessions.Testing.Tests;

public sealed class PgBouncerTests(SharedPostgres shared)
{
    private const string ForTransactionMode = ";Pooling=false;No Reset On Close=true";

    [Fact]
    public async Task Many_clients_share_few_connections_to_the_server()
    {
        const int poolSize = 2;
        const int clients = 12;
        await using var database = await shared.NewPlaceAsync();
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString, poolSize);
        var connections = await Task.WhenAll(
            Enumerable.Range(0, clients).Select(_ => OpenAsync(bouncer.Through(database.ConnectionString)))
        );

        var backends = await Task.WhenAll(connections.Select(static connection => BackendAsync(connection)));

        Assert.InRange(backends.Distinct().Count(), 1, poolSize);
        await Task.WhenAll(connections.Select(static connection => connection.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_role_logs_in_with_its_own_password_and_a_wrong_one_is_refused()
    {
        await using var database = await shared.NewPlaceAsync();
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString);
        var (_, connectionString) = await database.NewRoleAsync();

        await using (var connection = await OpenAsync(bouncer.Through(connectionString)))
        {
            Assert.True(await BackendAsync(connection) > 0);
        }

        var wrong = new NpgsqlConnectionStringBuilder(connectionString) { Password = "wrong" }.ConnectionString;
        await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(bouncer.Through(wrong)));
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString + ForTransactionMode);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<int> BackendAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
