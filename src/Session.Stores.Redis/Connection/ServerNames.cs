using System.Net;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>Formats the names of servers for messages.</summary>
internal static class ServerNames
{
    /// <summary>
    /// Returns host and port of each server. A server without a port is only counted, unless it is an address or <c>localhost</c>: it may
    /// be a password that lacks its <c>password=</c>.
    /// </summary>
    /// <param name="servers">The servers.</param>
    /// <param name="text">
    /// The URL that they come from, if any. With a second at-sign, the text after it may be the end of a password.
    /// </param>
    public static string Of(IEnumerable<EndPoint> servers, string? text)
    {
        var all = servers.ToList();
        var names = text.AsSpan().Count('@') > 1 ? [] : all.Select(Name).OfType<string>().ToList();
        return HostNames.List(names, all.Count - names.Count, ", ");
    }

    private static string? Name(EndPoint server) =>
        server switch
        {
            IPEndPoint { Port: 0, Address: var address } => address.ToString(),
            IPEndPoint => server.ToString(),
            DnsEndPoint { Host: "localhost", Port: 0 } => "localhost",
            DnsEndPoint { Port: not 0 } named when HostNames.IsHost(named.Host) => $"{named.Host}:{named.Port}",
            System.Net.Sockets.UnixDomainSocketEndPoint when server.ToString() is ['/', ..] path => path,
            _ => null,
        };
}
