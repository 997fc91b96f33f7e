using System.Diagnostics;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Soak;

/// <summary>A <see cref="SoakHost"/> in a process of its own.</summary>
internal sealed class SoakProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private SoakProcess(StorePlace place)
    {
        _process = HostProgram.Start([SoakHost.Argument, place.ToArgument()]);
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts it; gives its address as well.</summary>
    public static async Task<(SoakProcess Process, Uri Address)> StartAsync(StorePlace place)
    {
        var process = new SoakProcess(place);
        return (process, new Uri(await process.ReadLineAsync()));
    }

    /// <summary>How much it holds now.</summary>
    public async Task<Vitals> MeasureAsync()
    {
        await OrderAsync(SoakHost.Measure);
        return Vitals.Parse(await ReadLineAsync());
    }

    /// <summary>Has it stop and waits until it is gone.</summary>
    public async Task<Stopped> StopAsync()
    {
        await OrderAsync(SoakHost.Stop);
        Assert.Equal(SoakHost.Drained, await ReadLineAsync());
        var drained = Stopwatch.GetTimestamp();
        Assert.Equal(SoakHost.Closed, await ReadLineAsync());
        var closing = Stopwatch.GetElapsedTime(drained);
        var left = Vitals.Parse(await ReadLineAsync());
        var ending = Stopwatch.GetTimestamp();
        await _process.WaitForExitAsync().WithinBoundAsync("the end of a host that was told to stop");
        return new Stopped(closing + Stopwatch.GetElapsedTime(ending), left, _process.ExitCode, await _errors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task OrderAsync(string order)
    {
        await _process.StandardInput.WriteLineAsync(order);
        await _process.StandardInput.FlushAsync();
    }

    private async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WithinBoundAsync("a line of a host")
        ?? throw new InvalidOperationException($"A host has ended: {await _errors}");
}

/// <summary>How a host ended.</summary>
/// <param name="Took">From the last response until the process was gone, without the wait for timers.</param>
/// <param name="Left">What it held when all was closed; of sockets and timers, what it had not held before there was an
/// application.</param>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Errors">All that it ever warned of.</param>
internal sealed record Stopped(TimeSpan Took, Vitals Left, int ExitCode, string Errors);
