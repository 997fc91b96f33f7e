using System.Globalization;
using System.Net.Sockets;
using MongoDB.Driver;
using Testcontainers.MongoDb;

namespace ServerSessions.Testing;

/// <summary>
/// MongoDB for all tests of an assembly: <c>SESSION_TEST_MONGO</c> (a <c>mongodb://</c> URL, for a user that may make and drop databases),
/// <c>mongod</c>, or a container. Where none of them is to be had, a test project may name a substitute.
/// </summary>
public class SharedMongo : SharedServer<MongoPlace>
{
    private protected sealed override string Variable => "SESSION_TEST_MONGO";

    private protected sealed override string Program => "mongod";

    /// <summary>
    /// Something that speaks MongoDB's protocol, for machines without MongoDB; null (the default): the asking tests are skipped.
    /// </summary>
    protected virtual Task<(string Url, IAsyncDisposable Owner)>? StartSubstituteAsync() => null;

    private protected sealed override Source FromEnvironment(string value) => From(value, owner: null);

    private protected sealed override async Task<Source> FromProgramAsync()
    {
        var process = await ServerProcess.StartAsync(
            new ServerProgram
            {
                File = Programs.Find("mongod")!,
                Arguments = static (port, folder) =>
                    ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind_ip", "127.0.0.1", "--dbpath", folder, "--nounixsocket"],
                IsReadyAsync = static async (port, cancellationToken) =>
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync("127.0.0.1", port, cancellationToken);
                    return true;
                },
            }
        );
        return From($"mongodb://127.0.0.1:{process.Port}", process);
    }

    private protected sealed override async Task<Source> FromContainerAsync()
    {
        var container = new MongoDbBuilder("mongo:7").Build();
        await container.StartAsync();
        return From(container.GetConnectionString(), container);
    }

    private protected sealed override async Task<Source?> FromSubstituteAsync()
    {
        if (StartSubstituteAsync() is not { } starting)
        {
            return null;
        }

        var (url, owner) = await starting;
        return From(url, owner);
    }

    private static Source From(string url, IAsyncDisposable? owner)
    {
        var server = new MongoUrl(url);
        return new Source(() => Task.FromResult(new MongoPlace(server)), owner);
    }
}
