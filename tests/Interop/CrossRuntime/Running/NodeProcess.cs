using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace ServerSessions.Interop.CrossRuntime.Running;

/// <summary>The Node process with the real packages; see Node/driver.js.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    // connect-redis asks for 22 and works on 20; the binding of connect-sqlite3 asks for 20.
    private const int MinNodeMajor = 20;

    private readonly Process _process;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    private NodeProcess(Process process) => _process = process;

    /// <summary>Why the packages cannot be run here; nothing where they can.</summary>
    public static async Task<string?> WhyUnavailableAsync()
    {
        string version;
        try
        {
            using var node = Launch("--version");
            version = await node.StandardOutput.ReadToEndAsync();
            await node.WaitForExitAsync();
        }
        catch (Win32Exception)
        {
            return $"Node {MinNodeMajor} or later is not installed, so there are no packages of Node's to run.";
        }

        if (!Version.TryParse(version.Trim().TrimStart('v'), out var found) || found.Major < MinNodeMajor)
        {
            return $"Node {MinNodeMajor} or later is needed for the packages of Node's; here is {version.Trim()}.";
        }

        return !Directory.Exists(Path.Combine(Folder("NodeFolder"), "node_modules", "connect-redis"))
                ? "The packages are not installed: run `npm ci` in tests/Interop/CrossRuntime/Node."
            : !Directory.Exists(Path.Combine(Folder("TwinFolder"), "node_modules", "express-session"))
                ? "express-session is not installed: run `npm ci` in tests/Interop/Node."
            : null;
    }

    public static NodeProcess Start() => new(Launch("driver.js"));

    /// <summary>A folder that the build has named.</summary>
    public static string Folder(string key) =>
        Path.GetFullPath(
            typeof(NodeProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!
        );

    /// <summary>Has a command done and returns its result; an error of Node's is a <see cref="NodeException"/>.</summary>
    public async Task<JsonElement> AskAsync(object command)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
            await _process.StandardInput.FlushAsync();
            var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Node has ended.");
            var reply = JsonSerializer.Deserialize<JsonElement>(line);
            return reply.TryGetProperty("error", out var error) ? throw new NodeException(error.GetString()!) : reply;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The process ends with its input.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _oneAtATime.Dispose();
    }

    private static Process Launch(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("node", arguments)
            {
                WorkingDirectory = Folder("NodeFolder"),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
}
