using System.Net;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace ServerSessions.Stores.Mongo.Connection;

/// <summary>Formats the names of servers for messages.</summary>
/// <param name="url">The connection string as the driver parses it.</param>
/// <param name="text">The connection string. The driver's list does not distinguish the default port from none.</param>
internal sealed class ServerNames(MongoUrl url, string text)
{
    /// <summary>Whether all servers are named.</summary>
    public bool IsComplete => url.Servers.All(IsNamed);

    /// <summary>
    /// Returns host and port of each server. A server without a written port is only counted, unless it is an address or <c>localhost</c>:
    /// it may be a password that lacks the at-sign after it. A name of <c>mongodb+srv</c> has no port.
    /// </summary>
    public override string ToString()
    {
        var all = url.Servers.ToList();
        var names = all.Where(IsNamed).Select(server => IsLookedUp ? server.Host : server.ToString()).ToList();
        return HostNames.List(names, all.Count - names.Count, ",");
    }

    private bool IsLookedUp => url.Scheme == ConnectionStringScheme.MongoDBPlusSrv;

    private bool IsNamed(MongoServerAddress server) =>
        IsLookedUp
            ? server.Host.Count('.') >= 2
            : server.Host == "localhost"
                || IPAddress.TryParse(server.Host, out _)
                || text.Contains(server.ToString(), StringComparison.OrdinalIgnoreCase);
}
