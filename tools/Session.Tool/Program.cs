using System.Text;

namespace ServerSessions.Tool;

/// <summary>The program.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var interruption = new Interruption();
        return await App.RunAsync(args, Surroundings.OfProcess(), interruption.Token);
    }
}
