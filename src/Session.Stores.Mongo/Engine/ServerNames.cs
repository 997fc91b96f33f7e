using System.Net;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;

namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>Servers as messages name them.</summary>
/// <param name="url">What the driver reads in the connection string.</param>
/// <param name="text">The connection string: in the driver's list, a port that is the default one cannot be told from none.</param>
internal sealed class ServerNames(MongoUrl url, string text)
{
    /// <summary>Whether all of them are named.</summary>
    public bool IsComplete => url.Servers.All(IsNamed);

    /// <summary>
    /// Each server's host and port. One whose port is not written is counted and not named, unless it is an address or <c>localhost</c>: it
    /// may be a password that has lost the at-sign behind it. A name that is looked up (<c>mongodb+srv</c>) has no port.
    /// </summary>
    public override string ToString()
    {
        var all = url.Servers.ToList();
        var names = all.Where(IsNamed).Select(server => IsLookedUp ? server.Host : server.ToString()).ToList();
        return HostText.ListServers(names, all.Count - names.Count, ",");
    }

    private bool IsLookedUp => url.Scheme == ConnectionStringScheme.MongoDBPlusSrv;

    private bool IsNamed(MongoServerAddress server) =>
        IsLookedUp
            ? server.Host.Count('.') >= 2
            : server.Host == "localhost"
                || IPAddress.TryParse(server.Host, out _)
                || text.Contains(server.ToString(), StringComparison.OrdinalIgnoreCase);
}
