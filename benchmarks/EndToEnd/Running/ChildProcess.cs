using System.Diagnostics;

namespace ServerSessions.Benchmarks.EndToEnd.Running;

/// <summary>A child that ends when its standard input is closed, and so with this process.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ChildProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>This program again.</summary>
    public static ChildProcess StartSelf(params string[] arguments) =>
        Start(
            Environment.ProcessPath!,
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
                ? [typeof(ChildProcess).Assembly.Location, .. arguments]
                : arguments
        );

    public static ChildProcess Start(string file, string[] arguments) =>
        new(
            Process.Start(
                new ProcessStartInfo(file, arguments)
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!
        );

    /// <summary>Processor time so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Sends a line if one is given, and waits for the next line of the child.</summary>
    public async Task<string> AskAsync(string? line, TimeSpan expected)
    {
        if (line is not null)
        {
            await _process.StandardInput.WriteLineAsync(line);
        }

        return await _process.StandardOutput.ReadLineAsync().WaitAsync(expected + Patience)
            ?? throw new InvalidOperationException($"A child process has ended: {await _errors}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
