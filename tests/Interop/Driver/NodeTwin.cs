using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace ServerSessions.Interop.Driver;

/// <summary>
/// The Node process that serves the protocol on express-session, with one server for each options object that is asked for.
/// </summary>
internal sealed class NodeTwin : IAsyncDisposable
{
    private const int MinNodeMajor = 20;

    private readonly Process _process;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    private NodeTwin(Process process) => _process = process;

    private static string Folder { get; } =
        Path.GetFullPath(
            typeof(NodeTwin)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(static data => data.Key == "TwinFolder")
                .Value!
        );

    /// <summary>Why express-session cannot be run here; nothing if it can.</summary>
    public static async Task<string?> WhyUnavailableAsync()
    {
        string version;
        try
        {
            using var node = Start("--version");
            version = await node.StandardOutput.ReadToEndAsync();
            await node.WaitForExitAsync();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return $"Node {MinNodeMajor} or later is not installed, so there is no express-session to compare with.";
        }

        if (!Version.TryParse(version.Trim().TrimStart('v'), out var found) || found.Major < MinNodeMajor)
        {
            return $"Node {MinNodeMajor} or later is needed to compare with express-session; here is {version.Trim()}.";
        }

        return Directory.Exists(Path.Combine(Folder, "node_modules", "express-session"))
            ? null
            : "express-session is not installed: run `npm ci` in tests/Interop/Node.";
    }

    public static NodeTwin Start() => new(Start("twin.js", "--pool"));

    /// <summary>Starts a server with a store of that kind and these options.</summary>
    public async Task<Uri> StartServerAsync(string store, string optionsJson)
    {
        var reply = await AskAsync($"{{\"start\":{optionsJson},\"store\":\"{store}\"}}");
        return reply.TryGetProperty("port", out var port)
            ? new Uri($"http://127.0.0.1:{port.GetInt32()}")
            : throw new InvalidOperationException($"express-session refused {optionsJson}: {reply}");
    }

    public async Task StopServerAsync(Uri server) => await AskAsync($"{{\"stop\":{server.Port}}}");

    public async ValueTask DisposeAsync()
    {
        // The process ends with its input.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _oneAtATime.Dispose();
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("node", arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;

    private async Task<JsonElement> AskAsync(string line)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
            var reply = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The Node twin has ended.");
            return JsonSerializer.Deserialize<JsonElement>(reply);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
