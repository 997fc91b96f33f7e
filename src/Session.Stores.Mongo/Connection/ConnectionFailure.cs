using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Servers;

namespace ServerSessions.Stores.Mongo.Connection;

/// <summary>
/// Finds in the driver's view of the servers why none can be used. The driver's timeout does not say it, nor does the store's own, which on
/// a busy machine may pass before the driver's slightly shorter one.
/// </summary>
internal static class ConnectionFailure
{
    /// <summary>
    /// Returns why no server takes calls and what to do, if only a change of the configuration helps: TLS could not be set up, or the login
    /// was refused.
    /// </summary>
    public static string? Describe(ICluster? cluster) =>
        cluster?.Description.Servers is { } servers && !servers.Any(static server => server.Type.IsWritable())
            ? servers.Select(Describe).FirstOrDefault(static reason => reason is not null)
            : null;

    private static string? Describe(ServerDescription server) =>
        TlsFailure.Describe(server.HeartbeatException)
        // After a refused login the driver does not use a server until its next heartbeat. The exception is in this text alone.
        ?? (server.ReasonChanged?.Contains(nameof(MongoAuthenticationException), StringComparison.Ordinal) == true
            ? MongoErrors.RefusedLogin
            : null);
}
