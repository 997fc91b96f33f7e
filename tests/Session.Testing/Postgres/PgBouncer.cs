using System.Globalization;
using Npgsql;

namespace ServerSessions.Testing;

/// <summary>
/// PgBouncer in transaction mode in front of a PostgreSQL server: a connection of the server serves a client for one transaction, then the
/// next client. Every role of the server may log in with its own password.
/// </summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private PgBouncer(ServerProcess process) => Process = process;

    /// <summary>The process: freeze, thaw, stop, start again.</summary>
    public ServerProcess Process { get; }

    /// <summary>Starts it; ends the asking test as skipped where <c>pgbouncer</c> is not installed.</summary>
    /// <param name="server">The server behind it, in Npgsql's form, for a user that may read the roles' passwords.</param>
    /// <param name="poolSize">The most connections to the server for one database and user.</param>
    public static async Task<PgBouncer> StartAsync(string server, int poolSize = 4)
    {
        Skip.Where(Programs.WhyUnavailable("pgbouncer"));
        return new PgBouncer(await ServerProcess.StartAsync(Program(new NpgsqlConnectionStringBuilder(server), poolSize)));
    }

    /// <summary>
    /// The same database and role, reached through this PgBouncer. How a client must be set up for transaction mode is left to the test.
    /// </summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = Process.Port }.ConnectionString;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static ServerProgram Program(NpgsqlConnectionStringBuilder server, int poolSize) =>
        new()
        {
            File = Programs.Find("pgbouncer")!,
            // It refuses root.
            User = Programs.UnprivilegedUser,
            PrepareAsync = (folder, cancellationToken) =>
                File.WriteAllTextAsync(
                    Path.Combine(folder, "users.txt"),
                    $"\"{server.Username}\" \"{server.Password}\"\n",
                    cancellationToken
                ),
            Arguments = (port, folder) =>
            {
                var file = Path.Combine(folder, "pgbouncer.ini");
                File.WriteAllText(file, Configuration(server, poolSize, port, folder));
                return [file];
            },
            IsReadyAsync = (port, cancellationToken) =>
                PostgresServer.AnswersAsync(
                    new NpgsqlConnectionStringBuilder(server.ConnectionString) { Host = "127.0.0.1", Port = port }.ConnectionString,
                    cancellationToken
                ),
            // Interrupt would wait for every client.
            StopSignal = Signal.Terminate,
        };

    private static string Configuration(NpgsqlConnectionStringBuilder server, int poolSize, int port, string folder) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            [databases]
            * = host={server.Host} port={server.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {folder}/users.txt
            auth_user = {server.Username}
            pool_mode = transaction
            default_pool_size = {poolSize}
            max_client_conn = 500

            """
        );
}
