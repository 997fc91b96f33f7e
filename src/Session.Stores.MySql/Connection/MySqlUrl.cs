using System.Globalization;
using MySqlConnector;

namespace ServerSessions.Stores.MySql.Connection;

/// <summary>Reads the parts of a URL, as mysql2, Prisma and others write it, into settings of the driver.</summary>
internal static class MySqlUrl
{
    // Of mysql2, Prisma, SQLAlchemy and Rails. None of them changes what is stored or who can read it.
    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase)
    {
        "charset",
        "collation",
        "encoding",
        "timezone",
        "connection_limit",
        "connectionLimit",
        "pool",
        "pool_timeout",
        "queueLimit",
        "waitForConnections",
        "maxIdle",
        "idleTimeout",
        "reconnect",
        "conn_max_age",
    };

    public static void Read(StoreUrl url, MySqlConnectionStringBuilder settings)
    {
        var hosts = url.Hosts();
        var ports = hosts.Select(static host => host.Port ?? 3306).Distinct().ToArray();
        settings.Server = string.Join(',', hosts.Select(static host => host.Name));
        settings.Port = ports.Length == 1
            ? (uint)ports[0]
            : throw new StoreUrlException("has several ports. The driver takes one port for all hosts.");
        settings.UserID = url.User ?? "";
        settings.Password = url.Password ?? "";
        settings.Database = url.Path ?? "";
        foreach (var (name, value) in url.Parameters)
        {
            Set(settings, name, value);
        }
    }

    private static void Set(MySqlConnectionStringBuilder settings, string name, string value)
    {
        if (Ignored.Contains(name))
        {
            return;
        }

        switch (name.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal))
        {
            case "SSLMODE":
                settings.SslMode = Mode(value);
                break;
            case "SSLACCEPT" when value is "strict" or "accept_invalid_certs":
                settings.SslMode = value == "strict" ? MySqlSslMode.VerifyFull : MySqlSslMode.Required;
                break;
            case "SSLCA":
                settings.SslCa = value;
                break;
            case "SSLCERT":
                settings.SslCert = value;
                break;
            case "SSLKEY":
                settings.SslKey = value;
                break;
            case "CONNECTTIMEOUT" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds):
                settings.ConnectionTimeout = seconds;
                break;
            default:
                SetByName(settings, name, value);
                break;
        }
    }

    private static void SetByName(MySqlConnectionStringBuilder settings, string name, string value)
    {
        try
        {
            settings[name] = value;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or InvalidOperationException or OverflowException)
        {
            // A part of a password that was not percent-encoded would be repeated.
            throw new StoreUrlException(
                "has a parameter that is unknown, or whose value is. The README of the package lists the known ones."
            );
        }
    }

    /// <summary>Returns the mode by the names of MySQL's own clients, of MySqlConnector, or of libpq.</summary>
    private static MySqlSslMode Mode(string value) =>
        value.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal) switch
        {
            "DISABLED" or "DISABLE" or "NONE" => MySqlSslMode.Disabled,
            "PREFERRED" or "PREFER" => MySqlSslMode.Preferred,
            "REQUIRED" or "REQUIRE" => MySqlSslMode.Required,
            "VERIFYCA" => MySqlSslMode.VerifyCA,
            "VERIFYIDENTITY" or "VERIFYFULL" => MySqlSslMode.VerifyFull,
            _ => throw new StoreUrlException(
                "has an sslmode that is none of disabled, preferred, required, verify-ca and verify-full."
            ),
        };
}
