using System.Runtime.InteropServices;
using System.Text;

namespace ServerSessions.Conformance.Tool;

/// <summary>The program.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var interrupted = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        return await App.Create().RunAsync(args, interrupted.Token);

        void End(PosixSignalContext signal)
        {
            // The first time the harness may still remove what it has made; the second time nothing is waited for.
            signal.Cancel = !interrupted.IsCancellationRequested;
            interrupted.Cancel();
        }
    }
}
