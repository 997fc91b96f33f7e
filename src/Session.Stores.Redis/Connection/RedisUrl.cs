using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>Parses <c>redis://[[user]:password@]host[:port][,host[:port]…][/database]</c>, with TLS <c>rediss://…</c>.</summary>
internal static class RedisUrl
{
    private const string Plain = "redis://";
    private const string Tls = "rediss://";
    private const int DefaultPort = 6379;

    public static bool IsUrl(string text) =>
        text.StartsWith(Plain, StringComparison.OrdinalIgnoreCase) || text.StartsWith(Tls, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="StoreUrlException">The URL is malformed.</exception>
    public static ConfigurationOptions Parse(string text)
    {
        var url = StoreUrl.Parse(text);
        if (url.Parameters.Count > 0)
        {
            throw new StoreUrlException(
                "has a '?': parameters are not supported. Use a connection string of StackExchange.Redis for further settings; in a "
                    + "password write '?' as %3F."
            );
        }

        var options = new ConfigurationOptions
        {
            Ssl = url.Scheme.Length + "://".Length == Tls.Length,
            User = url.User,
            Password = string.IsNullOrEmpty(url.Password) ? null : url.Password,
            DefaultDatabase = string.IsNullOrEmpty(url.Path) ? null : Database(url.Path),
        };
        foreach (var host in url.Authority.Split(','))
        {
            if (!TrySplitHost(host, out var name, out var port))
            {
                throw new StoreUrlException(
                    "names no host, or a port that is no number from 1 to 65535. Write 'redis://host:6379'; a slash or at-sign in a "
                        + "password is written as %2F or %40."
                );
            }

            options.EndPoints.Add(name, port);
        }

        return options;
    }

    /// <summary>Sets port 6379 for hosts without one, also with TLS. Messages show the URL's own form.</summary>
    public static void SetDefaultPorts(ConfigurationOptions options)
    {
        for (var i = 0; i < options.EndPoints.Count; i++)
        {
            options.EndPoints[i] = options.EndPoints[i] switch
            {
                DnsEndPoint { Port: 0, Host: var host } => new DnsEndPoint(host, DefaultPort),
                IPEndPoint { Port: 0, Address: var address } => new IPEndPoint(address, DefaultPort),
                var named => named,
            };
        }
    }

    /// <summary>Parses <c>host</c>, <c>host:port</c>, <c>[IPv6]</c> or <c>[IPv6]:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The host, without brackets.</param>
    /// <param name="port">The port; 0 if there is none.</param>
    /// <returns>Whether the string has one of these forms.</returns>
    public static bool TrySplitHost(string text, out string name, out int port)
    {
        port = 0;
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        name = (end <= 0 ? text : text[..end]).Trim('[', ']');
        if (!HostNames.IsHost(name) || end == 0 || name.Contains(':', StringComparison.Ordinal) != text.StartsWith('['))
        {
            return false;
        }

        return end < 0
            || end == text.Length
            || (
                text[end] == ':'
                && int.TryParse(text[(end + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is > 0 and <= 65535
            );
    }

    private static int Database(string path) =>
        int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new StoreUrlException("has a path that is not the number of a database. Write 'redis://host:6379/0'.");
}
