using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace ServerSessions.Testing;

/// <summary>
/// A server as a child process on a free loopback port with a data folder of its own. It ends with this object or with the test process,
/// however that ends, and its folder goes with it. Only Linux.
/// </summary>
/// <remarks>Freezing, stopping and starting again are one caller's at a time; everything else may be read from anywhere.</remarks>
public sealed class ServerProcess : IAsyncDisposable
{
    private const int PortTries = 5;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);

    private readonly ServerProgram _program;
    private readonly RecentLines _output = new();
    private Process? _shell;
    private int _serverId;

    private ServerProcess(ServerProgram program, string folder, int port)
    {
        _program = program;
        Folder = folder;
        Port = port;
    }

    /// <summary>The loopback port; the same for this object's life.</summary>
    public int Port { get; }

    /// <summary>The data folder, kept from a stop to the next start.</summary>
    public string Folder { get; }

    /// <summary>Whether the server has been started and has not ended.</summary>
    public bool IsRunning => _shell is { HasExited: false };

    /// <summary>The process id of the server itself.</summary>
    public int ProcessId => IsRunning ? _serverId : throw new InvalidOperationException("The server is not running.");

    /// <summary>The last lines that the server wrote, for error messages.</summary>
    public string Output => _output.ToString();

    /// <summary>Starts the program and returns when it responds. A program that does not is an error that holds its output.</summary>
    public static async Task<ServerProcess> StartAsync(ServerProgram program, CancellationToken cancellationToken = default)
    {
        var folder = TempFolder.Create(program.User);
        try
        {
            if (program.PrepareAsync is { } prepare)
            {
                await prepare(folder, cancellationToken);
            }

            for (var tries = 1; ; tries++)
            {
                var server = new ServerProcess(program, folder, FreePort.Find(program.SecondPortOffset));
                try
                {
                    await server.StartAgainAsync(cancellationToken);
                    return server;
                }
                catch (InvalidOperationException)
                    when (tries < PortTries && server.Output.Contains("in use", StringComparison.OrdinalIgnoreCase))
                {
                    // Someone else took the port between our look and the server's.
                }
            }
        }
        catch
        {
            TempFolder.Remove(folder);
            throw;
        }
    }

    /// <summary>Starts the stopped server on the same port with the same data, and returns when it responds.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("The server is running.");
        }

        _shell?.Dispose();
        _shell = Process.Start(Launch())!;
        var first = await _shell.StandardOutput.ReadLineAsync(cancellationToken);
        _serverId = int.Parse(first!, CultureInfo.InvariantCulture);
        _output.Read(_shell.StandardOutput);
        _output.Read(_shell.StandardError);
        try
        {
            await WaitUntilReadyAsync(cancellationToken);
        }
        catch
        {
            await EndAsync(_program.EndSignal);
            throw;
        }
    }

    /// <summary>Stops every process of the server where it stands: connections stay open and no reply is sent.</summary>
    public void Freeze() => ProcessTree.Freeze(ProcessId);

    /// <summary>Lets a frozen server go on.</summary>
    public void Thaw() => ProcessTree.Thaw(ProcessId);

    /// <summary>Ends the server in good order and keeps its data.</summary>
    public Task StopAsync() => EndAsync(_program.StopSignal);

    /// <summary>Ends the server with SIGKILL, as a crash would, and keeps what data it has written.</summary>
    public Task KillAsync() => EndAsync(Signal.Kill);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(_program.EndSignal);
        _shell?.Dispose();
        _shell = null;
        TempFolder.Remove(Folder);
    }

    private ProcessStartInfo Launch()
    {
        // setpriv replaces itself by the program, so that the process id stays the server's.
        string[] asUser = _program.User is { } user ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups", "--"] : [];
        var signal = ((int)_program.EndSignal).ToString(CultureInfo.InvariantCulture);
        return new ProcessStartInfo(
            "/bin/sh",
            ["-c", Watchdog.Script, "watchdog", Folder, signal, .. asUser, _program.File, .. _program.Arguments(Port, Folder)]
        )
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StartTimeout);
        try
        {
            while (!await AnswersAsync(timeout.Token))
            {
                if (!IsRunning)
                {
                    await _output.CompleteAsync();
                    throw new InvalidOperationException($"{_program.File} ended with {_shell!.ExitCode}.\n{Output}");
                }

                await Task.Delay(ProbeInterval, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{_program.File} did not respond on port {Port} within {StartTimeout}.\n{Output}");
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _program.IsReadyAsync(Port, cancellationToken) && IsRunning;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return false;
        }
    }

    private async Task EndAsync(Signal signal)
    {
        if (!IsRunning)
        {
            return;
        }

        var processes = ProcessTree.Tree(_serverId);
        if (signal == Signal.Kill)
        {
            processes = ProcessTree.Kill(_serverId);
        }
        else
        {
            // A frozen process takes no other signal.
            ProcessTree.Thaw(_serverId);
            Signals.Send(_serverId, signal);
        }

        using var timeout = new CancellationTokenSource(StopTimeout);
        try
        {
            await _shell!.WaitForExitAsync(timeout.Token);
            await ProcessTree.EndedAsync(processes, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            if (IsRunning)
            {
                processes = ProcessTree.Kill(_serverId);
                await _shell!.WaitForExitAsync(CancellationToken.None);
            }

            // Where the server has ended they have another parent.
            foreach (var process in processes.Where(ProcessTree.IsRunning))
            {
                Signals.Send(process.Id, Signal.Kill);
            }
        }
    }
}
