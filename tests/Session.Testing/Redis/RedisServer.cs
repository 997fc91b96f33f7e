using System.Globalization;

namespace ServerSessions.Testing;

/// <summary>
/// A Redis server of the test's own: a child process that keeps its data over a stop in good order and loses it with a kill.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>
    /// The program: <c>redis-server</c>, or another that takes its arguments and speaks its protocol. <c>SESSION_TEST_REDIS_PROGRAM</c>
    /// names it, such as <c>valkey-server</c> or a path.
    /// </summary>
    public static readonly string ProgramName =
        Environment.GetEnvironmentVariable("SESSION_TEST_REDIS_PROGRAM") is { Length: > 0 } name ? name : "redis-server";

    // Each place in a shared server has a database of its own.
    private const int Databases = 10_000;

    private int _places;

    private RedisServer(ServerProcess process, string? password)
    {
        Process = process;
        Password = password;
    }

    /// <summary>The process: freeze, thaw, stop, start again.</summary>
    public ServerProcess Process { get; }

    /// <summary>The password that was asked for; null: none.</summary>
    public string? Password { get; }

    /// <summary>Host and port.</summary>
    public string EndPoint => $"127.0.0.1:{Process.Port}";

    /// <summary>In StackExchange.Redis's form.</summary>
    public string ConnectionString => Password is null ? EndPoint : $"{EndPoint},password={Password}";

    /// <summary>As <c>redis://</c>.</summary>
    public string Url => Password is null ? $"redis://{EndPoint}" : $"redis://:{Uri.EscapeDataString(Password)}@{EndPoint}";

    /// <summary>Starts a server; ends the asking test as skipped where its program is not installed.</summary>
    /// <param name="arguments">More arguments for the server, such as <c>"--maxmemory", "4mb"</c>.</param>
    public static Task<RedisServer> StartAsync(params string[] arguments) => StartProgramAsync(ProgramName, arguments);

    /// <summary>Starts a server of a program that need not be that of the others.</summary>
    public static async Task<RedisServer> StartProgramAsync(string name, params string[] arguments)
    {
        Skip.Where(Programs.WhyUnavailable(name));
        var at = Array.IndexOf(arguments, "--requirepass");
        var password = at < 0 ? null : arguments[at + 1];
        return new RedisServer(await ServerProcess.StartAsync(Program(arguments, password, name: name)), password);
    }

    /// <summary>A database of this server that no other place has.</summary>
    public RedisPlace NewPlace()
    {
        var database = Interlocked.Increment(ref _places) % Databases;
        return new RedisPlace($"{ConnectionString},defaultDatabase={database}", $"{Url}/{database}", "sess:", release: null);
    }

    /// <summary>Runs a command on a connection of its own, in database 0, and gives the reply as text.</summary>
    public Task<string> CommandAsync(params string[] words) => CommandAsync(Process.Port, Password, words, CancellationToken.None);

    /// <summary>Waits until a replica has received what was written so far (<c>WAIT</c>); leaves a key behind for a moment.</summary>
    public async Task WaitForReplicaAsync(TimeSpan atMost)
    {
        // WAIT is about what was written on the same connection.
        await using var connection = await RedisConnection.OpenAsync("127.0.0.1", Process.Port, user: null, Password);
        await connection.RunAsync("SET", "session-testing:wait", "1", "PX", "1");
        if (await connection.RunAsync("WAIT", "1", ((int)atMost.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)) == "0")
        {
            throw new TimeoutException("No replica has received what was written.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    internal static ServerProgram Program(string[] more, string? password, bool cluster = false, string? name = null) =>
        new()
        {
            File = Programs.Find(name ?? ProgramName)!,
            Arguments = (port, folder) =>
                [
                    "--port",
                    port.ToString(CultureInfo.InvariantCulture),
                    "--bind",
                    "127.0.0.1",
                    "--dir",
                    folder,
                    "--daemonize",
                    "no",
                    // Saves at a stop in good order, and at no time a test lives to see.
                    "--save",
                    "86400 1",
                    "--appendonly",
                    "no",
                    .. cluster ? ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"] : new[] { "--databases", $"{Databases}" },
                    .. more,
                ],
            IsReadyAsync = async (port, cancellationToken) =>
            {
                try
                {
                    return await CommandAsync(port, password, ["PING"], cancellationToken) == "PONG";
                }
                catch (InvalidOperationException exception) when (exception.Message.Contains("LOADING", StringComparison.Ordinal))
                {
                    return false;
                }
            },
            SecondPortOffset = cluster ? 10_000 : 0,
        };

    internal static async Task<string> CommandAsync(int port, string? password, string[] words, CancellationToken cancellationToken)
    {
        await using var connection = await RedisConnection.OpenAsync("127.0.0.1", port, user: null, password, cancellationToken);
        return await connection.RunAsync(words, cancellationToken);
    }
}
