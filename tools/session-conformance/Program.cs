using System.Text;

namespace ServerSessions.Conformance.Tool;

/// <summary>The program.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        // The first time the harness may still remove what it has made.
        using var interruption = new Interruption();
        return await App.Create().RunAsync(args, interruption.Token);
    }
}
