using Npgsql;

namespace ServerSessions.Testing;

/// <summary>A database that one test has to itself, empty at first, with roles of its own. All of it is dropped at the end.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly List<string> _roles = [];

    private PostgresDatabase(string server, string name)
    {
        _server = server;
        Name = name;
    }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>In Npgsql's form, for the user that made the database.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server) { Database = Name }.ConnectionString;

    /// <summary>As <c>postgres://</c>.</summary>
    public string Url
    {
        get
        {
            var parts = new NpgsqlConnectionStringBuilder(ConnectionString);
            var password = parts.Password is { } secret ? ":" + Uri.EscapeDataString(secret) : "";
            return $"postgres://{Uri.EscapeDataString(parts.Username!)}{password}@{parts.Host}:{parts.Port}/{Name}";
        }
    }

    /// <summary>Runs statements in this database as the user that made it.</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    /// <summary>
    /// A new role that may log in and nothing else; grants are the test's. Gives its name and the connection string of its own.
    /// </summary>
    public async Task<(string Name, string ConnectionString)> NewRoleAsync()
    {
        var role = $"{Name}_role{_roles.Count}";
        await ExecuteAsync($"""CREATE ROLE "{role}" LOGIN PASSWORD '{PostgresServer.Password}'""");
        _roles.Add(role);
        return (
            role,
            new NpgsqlConnectionStringBuilder(ConnectionString) { Username = role, Password = PostgresServer.Password }.ConnectionString
        );
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ExecuteAsync(_server, $"""DROP DATABASE IF EXISTS "{Name}" WITH (FORCE)""");
            foreach (var role in _roles)
            {
                await ExecuteAsync(_server, $"""DROP ROLE IF EXISTS "{role}" """);
            }
        }
        catch (NpgsqlException exception) when (exception is not PostgresException)
        {
            // The test has ended its server, and the database with it.
        }
    }

    internal static async Task<PostgresDatabase> CreateAsync(string server)
    {
        var database = new PostgresDatabase(server, $"test_{RandomName.New()}");
        // template0 has no visitors, so that any number of databases is made at the same time.
        await ExecuteAsync(server, $"""CREATE DATABASE "{database.Name}" TEMPLATE template0""");
        return database;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
