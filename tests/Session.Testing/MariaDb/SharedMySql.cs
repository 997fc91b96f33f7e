using Testcontainers.MySql;

namespace ServerSessions.Testing;

/// <summary>
/// MariaDB or MySQL for all tests of an assembly: <c>SESSION_TEST_MYSQL</c> (a server in MySqlConnector's form, for a user that may make
/// databases and users), the program <c>mariadbd</c>, or a container with MySQL. A place is a database.
/// </summary>
public sealed class SharedMySql : SharedServer<MySqlDatabase>
{
    private protected override string Variable => "SESSION_TEST_MYSQL";

    private protected override string Program => "mariadbd";

    private protected override Source FromEnvironment(string value) => From(value, owner: null);

    private protected override async Task<Source> FromProgramAsync()
    {
        var server = await MariaDbServer.StartAsync();
        return From(server.ConnectionString, server);
    }

    private protected override async Task<Source> FromContainerAsync()
    {
        var container = new MySqlBuilder("mysql:8.4").WithUsername("root").Build();
        await container.StartAsync();
        return From(container.GetConnectionString(), container);
    }

    private static Source From(string connectionString, IAsyncDisposable? owner) =>
        new(() => MySqlDatabase.CreateAsync(connectionString), owner);
}
