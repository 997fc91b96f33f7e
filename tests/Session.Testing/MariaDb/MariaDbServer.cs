using System.Globalization;
using MySqlConnector;

namespace ServerSessions.Testing;

/// <summary>
/// A MariaDB server of the test's own: a child process that listens on loopback alone, with a password, and does not wait for the disk.
/// </summary>
public sealed class MariaDbServer : IAsyncDisposable
{
    internal const string User = "tests";
    internal const string Password = "tests-only";

    private const string StartFile = "start.sql";

    // As a hosted server has it, and not as the strictest one: utf8mb4 and the modes are the store's to see to.
    private static readonly string[] Settings =
    [
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--max-connections=300",
        "--innodb-buffer-pool-size=32M",
        "--innodb-log-file-size=16M",
        "--innodb-flush-log-at-trx-commit=2",
        "--innodb-flush-method=nosync",
    ];

    private MariaDbServer(ServerProcess process) => Process = process;

    /// <summary>The process: freeze, thaw, stop, start again.</summary>
    public ServerProcess Process { get; }

    /// <summary>MySqlConnector's form, for a user with all rights, without a database.</summary>
    public string ConnectionString => ConnectionStringAt(Process.Port);

    /// <summary>Starts a server; ends the asking test as skipped where MariaDB is not installed.</summary>
    /// <param name="settings">Arguments of <c>mariadbd</c>, such as <c>"--max-connections=20"</c>.</param>
    public static async Task<MariaDbServer> StartAsync(params string[] settings)
    {
        Skip.Where(WhyUnavailable());
        return new MariaDbServer(await ServerProcess.StartAsync(Program(settings, InitializeAsync)));
    }

    /// <summary>Starts a server that speaks TLS with this certificate, and lets those in who do not ask for it.</summary>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="settings">Further arguments.</param>
    public static async Task<MariaDbServer> StartWithTlsAsync(TestCertificate certificate, params string[] settings)
    {
        Skip.Where(WhyUnavailable());
        return new MariaDbServer(await ServerProcess.StartAsync(Program(settings, async (folder, cancellationToken) =>
                {
                    await InitializeAsync(folder, cancellationToken);
                    await Programs.CopyOwnedAsync(certificate.CertificateFile, Path.Combine(folder, "server.pem"), cancellationToken);
                    await Programs.CopyOwnedAsync(certificate.KeyFile, Path.Combine(folder, "server.key"), cancellationToken);
                }, "--ssl-cert=server.pem", "--ssl-key=server.key")));
    }

    /// <summary>Runs a statement on a connection of its own and gives the first value.</summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>A new, empty database.</summary>
    public Task<MySqlDatabase> NewDatabaseAsync() => MySqlDatabase.CreateAsync(ConnectionString);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    internal static string? WhyUnavailable() => Programs.WhyUnavailable("mariadbd") ?? Programs.WhyUnavailable("mariadb-install-db");

    private static string ConnectionStringAt(int port) => $"Server=127.0.0.1;Port={port};User ID={User};Password={Password}";

    private static ServerProgram Program(
        string[] settings,
        Func<string, CancellationToken, Task> prepareAsync,
        params string[] further
    ) =>
        new()
        {
            File = Programs.Find("mariadbd")!,
            // It refuses root.
            User = Programs.UnprivilegedUser,
            PrepareAsync = prepareAsync,
            Arguments = (port, folder) =>
                [
                    "--no-defaults",
                    $"--datadir={folder}",
                    $"--tmpdir={folder}",
                    $"--socket={folder}/s",
                    $"--init-file={folder}/{StartFile}",
                    string.Create(CultureInfo.InvariantCulture, $"--port={port}"),
                    .. Settings,
                    .. further,
                    .. settings,
                ],
            IsReadyAsync = static (port, cancellationToken) => AnswersAsync(ConnectionStringAt(port), cancellationToken),
            StopSignal = Signal.Terminate,
        };

    private static async Task InitializeAsync(string folder, CancellationToken cancellationToken)
    {
        await Programs.RunAsync(
            Programs.Find("mariadb-install-db")!,
            // Each server removes what it takes for its own from the folder of temporary tables, so none shares it.
            [
                "--no-defaults",
                $"--datadir={folder}",
                $"--tmpdir={folder}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ],
            Programs.UnprivilegedUser,
            cancellationToken
        );

        // Run at each start, before the first client is let in.
        await File.WriteAllTextAsync(
            Path.Combine(folder, StartFile),
            $"""
            CREATE USER IF NOT EXISTS '{User}'@'%' IDENTIFIED BY '{Password}';
            GRANT ALL ON *.* TO '{User}'@'%' WITH GRANT OPTION;
            DELETE FROM mysql.global_priv WHERE User IN ('', 'root');
            FLUSH PRIVILEGES;

            """,
            cancellationToken
        );
    }

    /// <summary>Whether something that speaks MySQL's protocol lets this user in.</summary>
    internal static async Task<bool> AnswersAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new MySqlConnection(connectionString + ";Pooling=false;Connection Timeout=5");
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (MySqlException exception) when (exception.ErrorCode == MySqlErrorCode.UnableToConnectToHost)
        {
            return false;
        }
    }
}
