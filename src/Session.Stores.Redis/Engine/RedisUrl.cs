using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>
/// Parses <c>redis://[[user]:password@]host[:port][,host[:port]…][/database]</c> and ignores line breaks at the end. Does not use <see
/// cref="Uri"/>, which supports one host only and decodes percent signs before it finds the at-sign.
/// </summary>
internal static class RedisUrl
{
    private const string Plain = "redis://";
    private const string Tls = "rediss://";
    private const int DefaultPort = 6379;

    public static bool IsUrl(string text) =>
        text.StartsWith(Plain, StringComparison.OrdinalIgnoreCase) || text.StartsWith(Tls, StringComparison.OrdinalIgnoreCase);

    public static bool TryParse(string url, out ConfigurationOptions options, out string error)
    {
        options = new ConfigurationOptions { Ssl = url.StartsWith(Tls, StringComparison.OrdinalIgnoreCase) };
        var rest = url[(options.Ssl ? Tls.Length : Plain.Length)..].TrimEnd('\r', '\n');
        if (rest.AsSpan().ContainsAny('?', '#'))
        {
            error =
                "has a '?' or '#': parameters are not supported. Use a connection string of StackExchange.Redis for further settings; "
                + "in a password write them as %3F and %23.";
            return false;
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        var at = authority.LastIndexOf('@');
        return TrySetCredentials(options, at < 0 ? null : authority[..at], out error)
            && TrySetHosts(options, authority[(at + 1)..], out error)
            && TrySetDatabase(options, slash < 0 ? "" : rest[(slash + 1)..], out error);
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
        if (!HostText.IsHost(name) || end == 0 || name.Contains(':', StringComparison.Ordinal) != text.StartsWith('['))
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

    private static bool TrySetCredentials(ConfigurationOptions options, string? text, out string error)
    {
        error = "has a user or password with a '%' that two hexadecimal digits do not follow. Write a percent sign as %25.";
        if (text is null)
        {
            return true;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (
            !TryDecode(colon < 0 ? text : text[..colon], out var user) || !TryDecode(colon < 0 ? "" : text[(colon + 1)..], out var password)
        )
        {
            return false;
        }

        options.User = user.Length == 0 ? null : user;
        options.Password = password.Length == 0 ? null : password;
        return true;
    }

    private static bool TrySetHosts(ConfigurationOptions options, string text, out string error)
    {
        error =
            "names no host, or a port that is no number from 1 to 65535. Write 'redis://host:6379'; a slash or at-sign in a password "
            + "is written as %2F or %40.";
        foreach (var host in text.Split(','))
        {
            if (!TrySplitHost(host, out var name, out var port))
            {
                return false;
            }

            options.EndPoints.Add(name, port);
        }

        return true;
    }

    private static bool TrySetDatabase(ConfigurationOptions options, string text, out string error)
    {
        error = "has a path that is not the number of a database. Write 'redis://host:6379/0'.";
        if (text.Length == 0)
        {
            return true;
        }

        options.DefaultDatabase = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database) ? database : null;
        return options.DefaultDatabase is not null;
    }

    private static bool TryDecode(string text, [NotNullWhen(true)] out string? decoded)
    {
        decoded = null;
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return false;
            }
        }

        decoded = Uri.UnescapeDataString(text);
        return true;
    }
}
