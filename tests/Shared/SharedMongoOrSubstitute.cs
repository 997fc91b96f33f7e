using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Testing;

/// <summary>
/// MongoDB for all tests of an assembly, as <see cref="SharedMongo"/>; where there is none, the server for tests, whose TTL monitor goes by
/// the system's clock.
/// </summary>
public sealed class SharedMongoOrSubstitute : SharedMongo
{
    protected override Task<(string Url, IAsyncDisposable Owner)>? StartSubstituteAsync()
    {
        var server = MongoTestServer.Start();
        return Task.FromResult<(string, IAsyncDisposable)>((server.ConnectionString, server));
    }
}
