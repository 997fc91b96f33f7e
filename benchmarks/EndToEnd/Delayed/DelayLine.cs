using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ServerSessions.Benchmarks.EndToEnd.Delayed;

/// <summary>
/// One direction of a connection: each piece of data is sent on a fixed time after it came, however many are on the way, as on a long
/// cable. A thread of its own sleeps by the system's clock; .NET's timers and sleeps know whole milliseconds only. Linux and macOS.
/// </summary>
internal sealed partial class DelayLine(Socket from, Socket to, TimeSpan delay)
{
    private readonly BlockingCollection<(long Due, byte[] Bytes)> _onTheWay = [];

    /// <summary>Passes bytes on until one side ends.</summary>
    public async Task RunAsync()
    {
        var sending = Task.Factory.StartNew(Send, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                _onTheWay.Add((Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency), buffer[..count]));
            }
        }
        finally
        {
            _onTheWay.CompleteAdding();
            await sending;
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private void Send()
    {
        foreach (var (due, bytes) in _onTheWay.GetConsumingEnumerable())
        {
            if (due - Stopwatch.GetTimestamp() is > 0 and var wait)
            {
                _ = Sleep((uint)(wait * 1_000_000 / Stopwatch.Frequency));
            }

            for (var sent = 0; sent < bytes.Length;)
            {
                sent += to.Send(bytes.AsSpan(sent));
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
