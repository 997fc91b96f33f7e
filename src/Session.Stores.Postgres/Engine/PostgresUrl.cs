using Npgsql;

namespace Session.Stores.Postgres.Engine;

/// <summary>What is wrong with a URL. Repeats nothing of it but names of parameters.</summary>
internal sealed class UrlFormatException(string message) : FormatException(message);

/// <summary>
/// URLs as libpq and node-postgres have them: <c>postgres://user:password@host:port,host/database?sslmode=require</c>, every part percent-decoded. Parameters
/// are libpq's, and every other setting of Npgsql by its own name.
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

        foreach (var parameter in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = parameter;
            var value = Split(ref name, '=') ?? "";
            name = Decode(name, "parameter");
            Set(settings, name, Decode(value, $"parameter '{name}'"));
        }
    }

    /// <summary>One host with its port, or several with commas, which the driver takes as they are.</summary>
    private static void ReadHosts(string hosts, NpgsqlConnectionStringBuilder settings)
    {
        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            settings.Host = Decode(hosts, "host");
            return;
        }

        // A colon inside brackets belongs to an IPv6 address.
        var colon = hosts.LastIndexOf(':');
        var hasPort = colon > hosts.LastIndexOf(']');
        var host = Decode(hasPort ? hosts[..colon] : hosts, "host");
        settings.Host = host.Length == 0 ? "localhost" : host.Trim('[', ']');
        if (!hasPort)
        {
            return;
        }

        settings.Port = ushort.TryParse(hosts[(colon + 1)..], out var port) && port > 0
            ? port
            : throw new UrlFormatException("has a port that is no number from 1 to 65535.");
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        try
        {
            switch (name)
            {
                case "sslmode":
                    settings.SslMode = value switch
                    {
                        "disable" => SslMode.Disable,
                        "allow" => SslMode.Allow,
                        "prefer" => SslMode.Prefer,
                        // node-postgres' own; encrypts and believes every certificate, as libpq's require does.
                        "require" or "no-verify" => SslMode.Require,
                        "verify-ca" => SslMode.VerifyCA,
                        "verify-full" => SslMode.VerifyFull,
                        _ => throw new UrlFormatException("has an sslmode that is none of disable, allow, prefer, require, verify-ca, verify-full."),
                    };
                    break;
                case "load_balance_hosts":
                    settings.LoadBalanceHosts = value == "random";
                    break;
                default:
                    settings[Keyword(name)] = value;
                    break;
            }
        }
        catch (Exception wrong) when (wrong is ArgumentException or KeyNotFoundException or FormatException and not UrlFormatException
            or InvalidCastException or OverflowException)
        {
            throw new UrlFormatException($"has a parameter '{name}' that is unknown, or whose value is wrong. Known are libpq's and the settings of Npgsql.");
        }
    }

    private static string Keyword(string name) => name switch
    {
        "user" => "Username",
        "dbname" => "Database",
        "connect_timeout" => "Timeout",
        "application_name" => "Application Name",
        "target_session_attrs" => "Target Session Attributes",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "sslpassword" => "SSL Password",
        "channel_binding" => "Channel Binding",
        "keepalives_idle" => "Tcp Keepalive Time",
        "keepalives_interval" => "Tcp Keepalive Interval",
        _ => name,
    };

    /// <summary>What stands after the first such character, taken off the text; <see langword="null"/> where there is none.</summary>
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
                throw new UrlFormatException($"has a '%' in its {part} that is followed by no two hexadecimal digits. Write it as %25.");
            }
        }

        return Uri.UnescapeDataString(text);
    }
}
