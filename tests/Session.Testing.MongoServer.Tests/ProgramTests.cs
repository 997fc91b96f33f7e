using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace ServerSessions.Testing.MongoServer.Tests;

/// <summary>The server as a program, for tests in other languages.</summary>
public sealed class ProgramTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_says_where_it_listens_and_ends_with_its_input()
    {
        using var process = Start("--replica-set", "rs0");
        var connectionString = await process.StandardOutput.ReadLineAsync(Cancel);
        using (var client = new MongoClient(connectionString))
        {
            var reply = await client.GetDatabase("t").RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), null, Cancel);
            Assert.Equal("rs0", reply["setName"].AsString);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
    }

    [Theory]
    [InlineData("--port", "x")]
    [InlineData("--replica-set", "")]
    [InlineData("--frobnicate", "1")]
    public async Task An_argument_that_it_does_not_know_is_named(string name, string value)
    {
        using var process = Start(name, value);
        Assert.Contains(name, await process.StandardError.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(2, process.ExitCode);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [typeof(MongoTestServer).Assembly.Location, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
}
