using ServerSessions.Stores.Postgres.Connection;

namespace ServerSessions.Stores.Postgres;

/// <summary>
/// Parses the URLs <c>postgres://user:password@host:port/database?parameters</c> and <c>postgresql://…</c>. Every part is percent-decoded;
/// commas separate several hosts. Parameters are libpq's (<c>sslmode</c>, <c>sslrootcert</c>, <c>application_name</c>,
/// <c>connect_timeout</c>, <c>target_session_attrs</c> …) and the settings of Npgsql by name. Parameters of Prisma, node-postgres and other
/// clients that the README lists are ignored; any other is refused.
/// </summary>
public static class PostgresSessionStoreUrl
{
    /// <summary>Converts a URL to a connection string of Npgsql, for a data source of the application.</summary>
    /// <param name="url">The URL.</param>
    /// <returns>The connection string, including the URL's password.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="url"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The URL is invalid; the message says why and repeats no password.</exception>
    public static string ToConnectionString(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!PostgresUrl.IsUrl(url))
        {
            throw new ArgumentException("The URL of a PostgreSQL store starts with 'postgres://' or 'postgresql://'.", nameof(url));
        }

        return PostgresSource.TryParse(url, out var settings, out var error)
            ? settings.ConnectionString
            : throw new ArgumentException($"The URL of the PostgreSQL store {error}", nameof(url));
    }
}
