using ServerSessions.Stores.Postgres.Engine;

namespace ServerSessions.Stores.Postgres;

/// <summary>
/// <c>postgres://user:password@host:port/database?parameters</c> and <c>postgresql://…</c>, every part percent-decoded, several hosts with
/// commas between. Parameters are libpq's (<c>sslmode</c>, <c>sslrootcert</c>, <c>application_name</c>, <c>connect_timeout</c>,
/// <c>target_session_attrs</c> …) and the settings of Npgsql by name. Those of Prisma, node-postgres and other clients that the README
/// lists are passed over; any other is refused.
/// </summary>
public static class PostgresSessionStoreUrl
{
    /// <summary>What a URL says as a connection string of Npgsql, for a data source of the application's own.</summary>
    /// <param name="url">The URL.</param>
    /// <returns>The connection string, with the password that the URL has.</returns>
    /// <exception cref="ArgumentException">The URL is malformed; the message says how and repeats no password.</exception>
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
