using System.Globalization;
using MySqlConnector;

namespace ServerSessions.Testing;

/// <summary>
/// A database that one test has to itself on MariaDB or MySQL, empty at first, with users of its own. All of it is dropped at the end.
/// </summary>
public sealed class MySqlDatabase : IAsyncDisposable
{
    // MySQL: cannot convert string from utf8mb4 to utf8mb3.
    private const int CannotConvert = 3854;

    private readonly string _server;
    private readonly List<string> _users = [];

    private MySqlDatabase(string server, string name)
    {
        _server = server;
        Name = name;
    }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>In MySqlConnector's form, for the user that made the database.</summary>
    public string ConnectionString => new MySqlConnectionStringBuilder(_server) { Database = Name }.ConnectionString;

    /// <summary>As <c>mysql://</c>.</summary>
    public string Url
    {
        get
        {
            var parts = new MySqlConnectionStringBuilder(ConnectionString);
            var login = $"{Uri.EscapeDataString(parts.UserID)}:{Uri.EscapeDataString(parts.Password)}";
            return $"mysql://{login}@{parts.Server}:{parts.Port}/{Name}";
        }
    }

    /// <summary>Runs statements in this database as the user that made it.</summary>
    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    /// <summary>
    /// A new user that may log in and nothing else; grants are the test's. Gives its name and the connection string of its own.
    /// </summary>
    public async Task<(string Name, string ConnectionString)> NewUserAsync()
    {
        var user = string.Create(CultureInfo.InvariantCulture, $"{Name}_{_users.Count}");
        await ExecuteAsync($"CREATE USER '{user}'@'%' IDENTIFIED BY '{MariaDbServer.Password}'");
        _users.Add(user);
        return (
            user,
            new MySqlConnectionStringBuilder(ConnectionString) { UserID = user, Password = MariaDbServer.Password }.ConnectionString
        );
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // A transaction that a test has left open would hold the table for a day.
            await EndConnectionsAsync();
            await ExecuteAsync(_server, $"DROP DATABASE IF EXISTS `{Name}`");
            foreach (var user in _users)
            {
                await ExecuteAsync(_server, $"DROP USER IF EXISTS '{user}'@'%'");
            }
        }
        catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.UnableToConnectToHost)
        {
            // The test has ended its server, and the database with it.
        }
    }

    internal static async Task<MySqlDatabase> CreateAsync(string server)
    {
        var database = new MySqlDatabase(server, $"test_{RandomName.New()}");
        await ExecuteAsync(server, $"CREATE DATABASE `{database.Name}`");
        return database;
    }

    private async Task EndConnectionsAsync()
    {
        await using var connection = await ConnectAsync(_server);
        foreach (var id in await OpenConnectionsAsync(connection))
        {
            try
            {
                await using var kill = new MySqlCommand(string.Create(CultureInfo.InvariantCulture, $"KILL {id}"), connection);
                await kill.ExecuteNonQueryAsync();
            }
            catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.NoSuchThread)
            {
                // It has ended since it was listed.
            }
        }
    }

    private async Task<List<ulong>> OpenConnectionsAsync(MySqlConnection connection)
    {
        while (true)
        {
            try
            {
                var open = new List<ulong>();
                await using var list = new MySqlCommand("SELECT id FROM information_schema.processlist WHERE db = @db", connection);
                list.Parameters.AddWithValue("@db", Name);
                await using var reader = await list.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    open.Add(Convert.ToUInt64(reader.GetValue(0), CultureInfo.InvariantCulture));
                }

                return open;
            }
            catch (MySqlException exception) when (exception.Number == CannotConvert)
            {
                // MySQL lists what others execute as well, and fails at characters beyond the basic plane. They are done in a moment.
            }
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = await ConnectAsync(connectionString);
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<MySqlConnection> ConnectAsync(string connectionString)
    {
        var connection = new MySqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
