using System.Globalization;

namespace ServerSessions.Stores;

/// <summary>
/// Takes a connection URL apart: <c>scheme://user:password@host:port,host:port/path?name=value</c>. Every part is percent-decoded. Does not
/// use <see cref="Uri"/>, which supports one host only and decodes percent signs before it finds the at-sign. Immutable.
/// </summary>
public sealed class StoreUrl
{
    private StoreUrl(
        string scheme,
        string? user,
        string? password,
        string authority,
        string? path,
        IReadOnlyList<KeyValuePair<string, string>> parameters
    ) => (Scheme, User, Password, Authority, Path, Parameters) = (scheme, user, password, authority, path, parameters);

    /// <summary>Gets the text before <c>://</c>, as written.</summary>
    public string Scheme { get; }

    /// <summary>Gets the user; <see langword="null"/> if there is none or it is empty.</summary>
    public string? User { get; }

    /// <summary>Gets the password; <see langword="null"/> if there is none.</summary>
    public string? Password { get; }

    /// <summary>Gets the hosts and ports as written, decoded, for a driver that parses them itself. May be empty.</summary>
    public string Authority { get; }

    /// <summary>Gets the text after the first slash; <see langword="null"/> if there is none.</summary>
    public string? Path { get; }

    /// <summary>Gets the parameters in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; }

    /// <summary>Parses a URL. Line breaks at its end are ignored, because a secret from a file often has one.</summary>
    /// <param name="url">The URL, with its scheme.</param>
    /// <returns>The parts.</returns>
    /// <exception cref="StoreUrlException">
    /// The URL is malformed. The message follows the name of an option, and repeats no part of the URL.
    /// </exception>
    public static StoreUrl Parse(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        url = url.TrimEnd('\r', '\n');
        var separator = url.IndexOf("://", StringComparison.Ordinal);
        if (separator <= 0)
        {
            throw new StoreUrlException("is not a URL: it has no '://'.");
        }

        var rest = url[(separator + 3)..];
        if (rest.Contains('#', StringComparison.Ordinal))
        {
            throw new StoreUrlException("contains '#'. Write it as %23.");
        }

        var query = CutAfter(ref rest, '?');
        var path = CutAfter(ref rest, '/');
        if (path?.Contains('@', StringComparison.Ordinal) == true || query?.Contains('@', StringComparison.Ordinal) == true)
        {
            // The text before it may be part of a password, which would be read as a host, a port, a path or a parameter.
            throw new StoreUrlException(
                "names no host for certain: it has an '@' after the first '/' or '?'. Write '/' in a user or password as %2F, '?' as %3F, "
                    + "and '@' as %40, also in a parameter."
            );
        }

        var at = rest.LastIndexOf('@');
        var user = at < 0 ? "" : rest[..at];
        var password = CutAfter(ref user, ':');
        return new StoreUrl(
            url[..separator],
            user.Length == 0 ? null : Decode(user, "user"),
            password is null ? null : Decode(password, "password"),
            Decode(rest[(at + 1)..], "host"),
            path is null ? null : Decode(path, "path"),
            [.. (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Parameter)]
        );
    }

    /// <summary>Returns the hosts, each <c>host</c>, <c>host:port</c>, <c>[IPv6]</c> or <c>[IPv6]:port</c>, between commas.</summary>
    /// <returns>The names without brackets, and the ports; the port is <see langword="null"/> if there is none.</returns>
    /// <exception cref="StoreUrlException">A host or a port is missing or malformed.</exception>
    public IReadOnlyList<(string Name, int? Port)> Hosts() => [.. Authority.Split(',').Select(Host)];

    /// <summary>Parses a port.</summary>
    /// <param name="text">The text after the colon.</param>
    /// <returns>A number from 1 to 65535.</returns>
    /// <exception cref="StoreUrlException">The text is no such number.</exception>
    public static int Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw new StoreUrlException(
                "has a port that is no number from 1 to 65535. If it is part of the password, write ':' as %3A, '/' as %2F and '@' as "
                    + "%40."
            );

    private static (string Name, int? Port) Host(string text)
    {
        // A colon in brackets is part of an IPv6 address.
        var colon = text.LastIndexOf(':');
        var hasPort = colon > text.LastIndexOf(']');
        var written = hasPort ? text[..colon] : text;
        var name = written.Trim('[', ']');
        return HostNames.IsHost(name) && name.Contains(':', StringComparison.Ordinal) == written.StartsWith('[')
            ? (name, hasPort ? Port(text[(colon + 1)..]) : null)
            : throw new StoreUrlException(
                "has no host, or one with characters that no host has. In a user or password write '/' as %2F, ':' as %3A and '@' as %40."
            );
    }

    private static KeyValuePair<string, string> Parameter(string text)
    {
        var value = CutAfter(ref text, '=') ?? "";
        return new(Decode(text, "parameters"), Decode(value, "parameters"));
    }

    /// <summary>Cuts off and returns the text after the first separator; <see langword="null"/> if there is none.</summary>
    private static string? CutAfter(ref string text, char separator)
    {
        var index = text.IndexOf(separator, StringComparison.Ordinal);
        if (index < 0)
        {
            return null;
        }

        var after = text[(index + 1)..];
        text = text[..index];
        return after;
    }

    private static string Decode(string text, string part)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                throw new StoreUrlException($"has a '%' in its {part} without two hexadecimal digits after it. Write it as %25.");
            }
        }

        return Uri.UnescapeDataString(text);
    }
}
