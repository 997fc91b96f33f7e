using Npgsql;
using Testcontainers.PostgreSql;

namespace ServerSessions.Testing;

/// <summary>
/// PostgreSQL for all tests of an assembly: <c>SESSION_TEST_POSTGRES</c> (Npgsql's form, for a user that may make databases and roles), the
/// program <c>postgres</c>, or a container. A place is a database.
/// </summary>
public sealed class SharedPostgres : SharedServer<PostgresDatabase>
{
    private protected override string Variable => "SESSION_TEST_POSTGRES";

    private protected override string Program => "postgres";

    private protected override Source FromEnvironment(string value) => From(value, owner: null);

    private protected override async Task<Source> FromProgramAsync()
    {
        var server = await PostgresServer.StartAsync();
        return From(server.ConnectionString, server);
    }

    private protected override async Task<Source> FromContainerAsync()
    {
        var container = new PostgreSqlBuilder("postgres:15").Build();
        await container.StartAsync();
        return From(container.GetConnectionString(), container);
    }

    private static Source From(string connectionString, IAsyncDisposable? owner) =>
        new(() => PostgresDatabase.CreateAsync(connectionString), owner);
}
