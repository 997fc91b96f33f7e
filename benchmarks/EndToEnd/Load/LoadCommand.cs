using System.Text.Json;

namespace ServerSessions.Benchmarks.EndToEnd.Load;

/// <summary>
/// The load process: reads measurements from its standard input, one a line, and writes
/// a result for each. It stays, so that its code is compiled once.
/// </summary>
internal static class LoadCommand
{
    public static async Task RunAsync()
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            LoadResult result;
            try
            {
                result = await LoadGenerator.RunAsync(JsonSerializer.Deserialize<LoadRequest>(line)!);
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
            {
                result = new LoadResult(0, 0, 0, 1, exception.Message, 0);
            }

            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(result));
        }
    }
}
