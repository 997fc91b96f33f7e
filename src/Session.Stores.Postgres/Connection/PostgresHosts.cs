using System.Buffers;
using System.Net;

namespace ServerSessions.Stores.Postgres.Connection;

/// <summary>
/// Validates servers: a name, an address or a socket, each with an optional port; commas separate several. Messages show them, so a value
/// that may be a part of a password is refused.
/// </summary>
internal static class PostgresHosts
{
    private static readonly SearchValues<char> OfSockets = SearchValues.Create(
        @"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/\:._- "
    );

    public static bool AreValid(string hosts) => Array.TrueForAll(hosts.Split(','), static host => IsValid(host.Trim()));

    /// <summary>
    /// Whether the name of a database can be shown. Names mostly consist of these characters; passwords given by mistake mostly do not.
    /// </summary>
    public static bool IsPlain(string name) =>
        name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.');

    /// <summary>Whether a host is a socket: in a folder, or abstract with '@'.</summary>
    public static bool IsSocket(string host) =>
        host.StartsWith('/') || host.StartsWith('@') || (OperatingSystem.IsWindows() && Path.IsPathRooted(host));

    private static bool IsValid(string host)
    {
        if (IsSocket(host))
        {
            return host.AsSpan(1).IndexOfAnyExcept(OfSockets) < 0;
        }

        var colon = host.LastIndexOf(':');
        if (colon < 0 || (host.AsSpan().Count(':') > 1 && !host.StartsWith('[')))
        {
            return colon < 0 ? IsName(host) : IPAddress.TryParse(host, out _);
        }

        return host.StartsWith('[') && host.EndsWith(']')
            ? IPAddress.TryParse(host, out _)
            : ushort.TryParse(host.AsSpan(colon + 1), out _)
                && (host.StartsWith('[') ? IPAddress.TryParse(host[..colon], out _) : IsName(host[..colon]));
    }

    private static bool IsName(string host) =>
        host.Length > 0 && host.All(static character => char.IsLetterOrDigit(character) || character is '-' or '.' or '_');
}
