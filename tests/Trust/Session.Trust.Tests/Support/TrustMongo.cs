using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>MongoDB, or the server for tests if there is none.</summary>
public sealed class TrustMongo : SharedMongo
{
    /// <inheritdoc/>
    protected override Task<(string Url, IAsyncDisposable Owner)>? StartSubstituteAsync()
    {
        var server = MongoTestServer.Start();
        return Task.FromResult((server.ConnectionString, (IAsyncDisposable)server));
    }
}
