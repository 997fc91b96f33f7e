using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace Session.Testing;

/// <summary>A PostgreSQL server of the test's own: a child process that listens on loopback alone, with a password, and does not wait for the disk.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    internal const string Superuser = "postgres";
    internal const string Password = "tests-only";

    private static readonly string[] Settings =
    [
        "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB",
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
        return new PostgresServer(await ServerProcess.StartAsync(Program(settings)));
    }

    /// <summary>A new, empty database.</summary>
    public Task<PostgresDatabase> NewDatabaseAsync() => PostgresDatabase.CreateAsync(ConnectionString);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static string ConnectionStringAt(int port) =>
        $"Host=127.0.0.1;Port={port};Username={Superuser};Password={Password};Database=postgres";

    private static ServerProgram Program(string[] settings) => new()
    {
        File = Programs.Find("postgres")!,
        // initdb and postgres refuse root.
        User = Programs.UnprivilegedUser,
        PrepareAsync = InitializeAsync,
        Arguments = (port, folder) =>
        [
            "-D", folder, "-p", port.ToString(CultureInfo.InvariantCulture),
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
                ["-D", folder, "-U", Superuser, "--pwfile", passwordFile, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"],
                Programs.UnprivilegedUser,
                cancellationToken);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

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
