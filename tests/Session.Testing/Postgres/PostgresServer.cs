using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using ServerSessions.Conformance;

namespace ServerSessions.Testing;

/// <summary>
/// A PostgreSQL server of the test's own: a child process that listens on loopback alone, with a password, and does not wait for the disk.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    internal const string Superuser = "postgres";
    internal const string Password = "tests-only";

    private static readonly string[] Settings =
    [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "shared_buffers=32MB",
    ];

    private PostgresServer(ServerProcess process) => Process = process;

    /// <summary>The process: freeze, thaw, stop, start again.</summary>
    public ServerProcess Process { get; }

    /// <summary>Npgsql's form, for the superuser and the database <c>postgres</c>.</summary>
    public string ConnectionString => ConnectionStringAt(Process.Port);

    /// <summary>Starts a server; ends the asking test as skipped where PostgreSQL is not installed.</summary>
    /// <param name="settings">Settings, each as <c>name=value</c>, such as <c>"max_connections=20"</c>.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        Skip.Where(Programs.WhyUnavailable("postgres"));
        return new PostgresServer(await ServerProcess.StartAsync(Program(settings, InitializeAsync)));
    }

    /// <summary>Starts a server that speaks TLS with this certificate, and lets those in who do not ask for it.</summary>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="settings">Further settings, each as <c>name=value</c>.</param>
    public static async Task<PostgresServer> StartWithTlsAsync(TestCertificate certificate, params string[] settings)
    {
        Skip.Where(Programs.WhyUnavailable("postgres"));
        string[] tls = ["ssl=on", "ssl_cert_file=server.pem", "ssl_key_file=server.key"];
        return new PostgresServer(await ServerProcess.StartAsync(Program([.. tls, .. settings], async (folder, cancellationToken) =>
                {
                    await InitializeAsync(folder, cancellationToken);
                    await Programs.CopyOwnedAsync(certificate.CertificateFile, Path.Combine(folder, "server.pem"), cancellationToken);
                    await Programs.CopyOwnedAsync(certificate.KeyFile, Path.Combine(folder, "server.key"), cancellationToken);
                })));
    }

    /// <summary>
    /// Starts a standby with a copy of this server's data, which follows it and serves reads until <c>pg_promote()</c> is called there.
    /// </summary>
    /// <param name="link">A proxy in front of this server by way of which it is copied and followed; <see langword="null"/>:
    /// directly.</param>
    public async Task<PostgresServer> StartStandbyAsync(FaultProxy? link = null)
    {
        var primaryPort = link?.Port ?? Process.Port;
        Skip.Where(Programs.WhyUnavailable("pg_basebackup"));
        return new PostgresServer(
            await ServerProcess.StartAsync(Program([], (folder, cancellationToken) => CopyAsync(primaryPort, folder, cancellationToken)))
        );
    }

    /// <summary>
    /// Runs a statement on a connection of its own as the superuser, in the database <c>postgres</c>, and gives the first value.
    /// </summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>A new, empty database.</summary>
    public Task<PostgresDatabase> NewDatabaseAsync() => PostgresDatabase.CreateAsync(ConnectionString);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static string ConnectionStringAt(int port) =>
        $"Host=127.0.0.1;Port={port};Username={Superuser};Password={Password};Database=postgres";

    private static ServerProgram Program(string[] settings, Func<string, CancellationToken, Task> prepareAsync) =>
        new()
        {
            File = Programs.Find("postgres")!,
            // initdb and postgres refuse root.
            User = Programs.UnprivilegedUser,
            PrepareAsync = prepareAsync,
            Arguments = (port, folder) =>
                [
                    "-D",
                    folder,
                    "-p",
                    port.ToString(CultureInfo.InvariantCulture),
                    .. Settings.Concat(settings).SelectMany(static setting => new[] { "-c", setting }),
                ],
            IsReadyAsync = static (port, cancellationToken) => AnswersAsync(ConnectionStringAt(port), cancellationToken),
            StopSignal = Signal.Interrupt,
            EndSignal = Signal.Quit,
        };

    private static async Task InitializeAsync(string folder, CancellationToken cancellationToken)
    {
        var passwordFile = folder + ".password";
        await File.WriteAllTextAsync(passwordFile, Password, cancellationToken);
        try
        {
            await Programs.RunAsync(
                Programs.Find("initdb")!,
                [
                    "-D",
                    folder,
                    "-U",
                    Superuser,
                    "--pwfile",
                    passwordFile,
                    "--auth",
                    "scram-sha-256",
                    "--encoding",
                    "UTF8",
                    "--locale",
                    "C",
                    "--no-sync",
                ],
                Programs.UnprivilegedUser,
                cancellationToken
            );
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private static Task CopyAsync(int primaryPort, string folder, CancellationToken cancellationToken) =>
        Programs.RunAsync(
            Programs.Find("pg_basebackup")!,
            [
                "-D",
                folder,
                "-d",
                $"host=127.0.0.1 port={primaryPort} user={Superuser} password={Password}",
                // With what makes it a standby of the server that was copied; without waiting for a checkpoint or the disk.
                "--write-recovery-conf",
                "--checkpoint",
                "fast",
                "--no-sync",
            ],
            Programs.UnprivilegedUser,
            cancellationToken
        );

    /// <summary>Whether something that speaks PostgreSQL's protocol lets this user in.</summary>
    internal static async Task<bool> AnswersAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException exception) when (exception.IsTransient || exception.InnerException is IOException or SocketException)
        {
            return false;
        }
    }
}
