using Npgsql;

namespace ServerSessions.Stores.Postgres.Connection;

/// <summary>
/// The parts of a connection string that the store needs: the names for messages and logs, and facts about the driver. No user, no
/// password.
/// </summary>
/// <param name="Table">The table, with its schema if one is set.</param>
/// <param name="Database">The database and its server.</param>
/// <param name="HasSeveralHosts">Whether the driver chooses among several servers.</param>
/// <param name="PoolSize">The most connections of the driver's pool, per host; 0 without a pool.</param>
/// <param name="Files">The files that the driver reads for a connection.</param>
internal sealed record PostgresTarget(string Table, string Database, bool HasSeveralHosts, int PoolSize, CredentialFiles Files)
{
    public static PostgresTarget From(NpgsqlDataSource source, PostgresSessionStoreOptions options)
    {
        // The string of a data source has no password by default, and only the parts below are used.
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        var table = options.SchemaName is null ? options.TableName : $"{options.SchemaName}.{options.TableName}";
        var host =
            settings.Host is { } named && PostgresHosts.AreValid(named)
                ? named.Contains(':', StringComparison.Ordinal) || PostgresHosts.IsSocket(named)
                    ? named
                    : $"{named}:{settings.Port}"
                : "its server";

        // Without a user the database name may be part of a password: postgres://app:12/secret
        var database =
            settings is { Username: not null, Database: { } given } && PostgresHosts.IsPlain(given) ? $"'{given}' at {host}" : $"at {host}";
        return new PostgresTarget(
            $"table '{table}'",
            database,
            settings.Host?.Contains(',', StringComparison.Ordinal) ?? false,
            settings.Pooling ? settings.MaxPoolSize : 0,
            new CredentialFiles(settings)
        );
    }
}
