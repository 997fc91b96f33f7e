using System.Buffers;
using System.Net;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// What may stand for a server: a name, an address or a socket; several with commas between, each with its port. Messages show it, so a
/// password that has slipped in between is refused before.
/// </summary>
internal static class HostNames
{
    private static readonly SearchValues<char> OfSockets = SearchValues.Create(
        @"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/\:._- "
    );

    public static bool AreValid(string hosts) => Array.TrueForAll(hosts.Split(','), static host => IsValid(host.Trim()));

    /// <summary>
    /// Whether a name of a database can be shown: most are of letters, digits and these, and passwords that have slipped in are mostly not.
    /// </summary>
    public static bool IsPlain(string name) =>
        name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.');

    /// <summary>Whether it is a socket: of a folder, or with '@' of no folder at all.</summary>
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
