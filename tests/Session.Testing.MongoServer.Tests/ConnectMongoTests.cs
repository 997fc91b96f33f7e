using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace ServerSessions.Testing.MongoServer.Tests;

/// <summary>The real connect-mongo from npm, on Node's driver, passes against this server.</summary>
public sealed class ConnectMongoTests(ITestOutputHelper output)
{
    private const int MinNodeMajor = 20;

    private static readonly string Folder = typeof(ConnectMongoTests)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static data => data.Key == "NodeFolder")
        .Value!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("rs0")]
    public async Task Connect_mongo_works_in_all_its_modes(string? replicaSet)
    {
        if (await WhyUnavailableAsync() is { } reason)
        {
            Assert.Skip(reason);
        }

        await using var server = MongoTestServer.Start(new MongoTestServerOptions { ReplicaSet = replicaSet });
        using var node = Start("check.js", server.ConnectionString);
        var errors = node.StandardError.ReadToEndAsync(Cancel);
        var said = await node.StandardOutput.ReadToEndAsync(Cancel);
        await node.WaitForExitAsync(Cancel);
        output.WriteLine(said + await errors);
        Assert.Equal(0, node.ExitCode);
        Assert.Equal("passed 7", said.Trim());
    }

    private static async Task<string?> WhyUnavailableAsync()
    {
        string version;
        try
        {
            using var node = Start("--version");
            version = await node.StandardOutput.ReadToEndAsync(Cancel);
            await node.WaitForExitAsync(Cancel);
        }
        catch (Win32Exception)
        {
            return $"Node {MinNodeMajor} or later is not installed, so there is no connect-mongo to try.";
        }

        if (!Version.TryParse(version.Trim().TrimStart('v'), out var found) || found.Major < MinNodeMajor)
        {
            return $"Node {MinNodeMajor} or later is needed for connect-mongo; here is {version.Trim()}.";
        }

        return Directory.Exists(Path.Combine(Folder, "node_modules", "connect-mongo"))
            ? null
            : "connect-mongo is not installed: run `npm ci` in tests/Session.Testing.MongoServer.Tests/Node.";
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("node", arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
}
