using Npgsql;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// What a connection string says that the store needs: how the table and the database are called in messages and logs, and what the driver
/// holds. No user, no password.
/// </summary>
/// <param name="Table">The table, with its schema where one is given.</param>
/// <param name="Database">The database and its server.</param>
/// <param name="HasSeveralHosts">Whether the driver chooses among several servers.</param>
/// <param name="PoolSize">How many connections the driver's pool holds at most, per host; 0 without a pool.</param>
/// <param name="Files">The files that the driver reads for a connection.</param>
internal sealed record PostgresTarget(string Table, string Database, bool HasSeveralHosts, int PoolSize, CredentialFiles Files)
{
    public static PostgresTarget From(NpgsqlDataSource source, PostgresSessionStoreOptions options)
    {
        // A data source's own string has no password in it unless asked to; and only these are taken.
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        var table = options.SchemaName is null ? options.TableName : $"{options.SchemaName}.{options.TableName}";
        var host =
            settings.Host is { } named && HostNames.AreValid(named)
                ? named.Contains(':', StringComparison.Ordinal) || HostNames.IsSocket(named)
                    ? named
                    : $"{named}:{settings.Port}"
                : "its server";

        // Without a user the name may be the rest of a password: postgres://app:12/secret
        var database =
            settings is { Username: not null, Database: { } given } && HostNames.IsPlain(given) ? $"'{given}' at {host}" : $"at {host}";
        return new PostgresTarget(
            $"table '{table}'",
            database,
            settings.Host?.Contains(',', StringComparison.Ordinal) ?? false,
            settings.Pooling ? settings.MaxPoolSize : 0,
            new CredentialFiles(settings)
        );
    }
}
