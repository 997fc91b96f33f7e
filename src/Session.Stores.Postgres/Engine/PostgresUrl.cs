using Npgsql;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>An error in a URL. The message repeats only names of known parameters.</summary>
internal sealed class UrlFormatException(string message) : FormatException(message);

/// <summary>
/// Parses URLs of libpq and node-postgres: <c>postgres://user:password@host:port,host/database?sslmode=require</c>. Every part is
/// percent-decoded. <see cref="UrlParameters"/> handles the parameters.
/// </summary>
internal static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    public static bool IsUrl(string text) => Array.Exists(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    public static void Read(string url, NpgsqlConnectionStringBuilder settings)
    {
        var rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        if (rest.Contains('#', StringComparison.Ordinal))
        {
            throw new UrlFormatException("contains '#'. Write it as %23.");
        }

        var query = Split(ref rest, '?');
        var database = Split(ref rest, '/');
        var at = rest.LastIndexOf('@');
        if (database?.Contains('@', StringComparison.Ordinal) == true || (at < 0 && query?.Contains('@', StringComparison.Ordinal) == true))
        {
            // The text before it is part of a password and would be read as a port, a database or a parameter.
            throw new UrlFormatException(
                "has an '@' after the first '/' or '?'. Write '/' in a user or password as %2F, '?' as %3F, and '@' as %40."
            );
        }

        if (at >= 0)
        {
            var user = rest[..at];
            if (Split(ref user, ':') is { } password)
            {
                settings.Password = Decode(password, "password");
            }

            if (user.Length > 0)
            {
                settings.Username = Decode(user, "user");
            }
        }

        ReadHosts(rest[(at + 1)..], settings);
        if (!string.IsNullOrEmpty(database))
        {
            settings.Database = Decode(database, "database");
        }

        var parameters = new UrlParameters(settings);
        foreach (var parameter in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = parameter;
            var value = Split(ref name, '=') ?? "";
            parameters.Set(Decode(name, "parameters"), Decode(value, "parameters"));
        }

        parameters.Complete();
    }

    /// <summary>Reads one host with its port, or several with commas, which the driver parses.</summary>
    private static void ReadHosts(string hosts, NpgsqlConnectionStringBuilder settings)
    {
        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            settings.Host = Decode(hosts, "host");
            return;
        }

        // A colon in brackets is part of an IPv6 address.
        var colon = hosts.LastIndexOf(':');
        var hasPort = colon > hosts.LastIndexOf(']');
        var host = Decode(hasPort ? hosts[..colon] : hosts, "host");
        settings.Host = host.Length == 0 ? "localhost" : host.Trim('[', ']');
        if (hasPort)
        {
            settings.Port = Port(hosts[(colon + 1)..]);
        }
    }

    public static int Port(string text) =>
        ushort.TryParse(text, out var port) && port > 0
            ? port
            : throw new UrlFormatException(
                "has a port that is no number from 1 to 65535. If it is part of the password, write ':' as %3A, '/' as %2F and '@' as "
                    + "%40."
            );

    /// <summary>Cuts off and returns the text after the first separator; <see langword="null"/> if there is none.</summary>
    private static string? Split(ref string text, char separator)
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
                throw new UrlFormatException($"has a '%' in its {part} without two hexadecimal digits after it. Write it as %25.");
            }
        }

        return Uri.UnescapeDataString(text);
    }
}
