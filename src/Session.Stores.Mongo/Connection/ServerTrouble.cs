using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Servers;

namespace ServerSessions.Stores.Mongo.Connection;

/// <summary>
/// Finds in the driver's view of the servers why none can be used. The driver's timeout does not say it, nor does the store's own, which on
/// a busy machine may pass before the driver's slightly shorter one.
/// </summary>
internal static class ServerTrouble
{
    /// <summary>Returns what keeps a server out of use and what to do, if only a change of the configuration helps.</summary>
    public static string? OfAny(ICluster? cluster) =>
        cluster?.Description.Servers.Select(Describe).FirstOrDefault(static reason => reason is not null);

    /// <summary>Returns what keeps every server out of use and what to do, if only a change of the configuration helps.</summary>
    public static string? OfAll(ICluster? cluster) =>
        cluster?.Description.Servers is { Count: > 0 } servers && servers.All(static server => Describe(server) is not null)
            ? Describe(servers[0])
            : null;

    private static string? Describe(ServerDescription server) => TlsFailure.Describe(server.HeartbeatException);
}
