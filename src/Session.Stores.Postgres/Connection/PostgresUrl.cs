using Npgsql;

namespace ServerSessions.Stores.Postgres.Connection;

/// <summary>
/// Reads URLs of libpq and node-postgres: <c>postgres://user:password@host:port,host/database?sslmode=require</c>. Every part is
/// percent-decoded. <see cref="UrlParameters"/> handles the parameters.
/// </summary>
internal static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    public static bool IsUrl(string text) => Array.Exists(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="StoreUrlException">The URL is malformed.</exception>
    public static void Read(string text, NpgsqlConnectionStringBuilder settings)
    {
        var url = StoreUrl.Parse(text);
        if (url.Password is not null)
        {
            settings.Password = url.Password;
        }

        if (url.User is not null)
        {
            settings.Username = url.User;
        }

        ReadHosts(url.Authority, settings);
        if (!string.IsNullOrEmpty(url.Path))
        {
            settings.Database = url.Path;
        }

        var parameters = new UrlParameters(settings);
        foreach (var (name, value) in url.Parameters)
        {
            parameters.Set(name, value);
        }

        parameters.Complete();
    }

    /// <summary>Reads one host with its port, or several with commas, which the driver parses.</summary>
    private static void ReadHosts(string hosts, NpgsqlConnectionStringBuilder settings)
    {
        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            settings.Host = hosts;
            return;
        }

        // A colon in brackets is part of an IPv6 address, and one before a backslash is part of a Windows path.
        var colon = hosts.LastIndexOf(':');
        var hasPort = colon > hosts.LastIndexOfAny([']', '\\']);
        var host = hasPort ? hosts[..colon] : hosts;
        settings.Host = host.Length == 0 ? "localhost" : host.Trim('[', ']');
        if (hasPort)
        {
            settings.Port = StoreUrl.Port(hosts[(colon + 1)..]);
        }
    }
}
