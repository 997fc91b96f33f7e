using System.Data.Common;
using Npgsql;
using ServerSessions.Stores.Postgres.Schema;
using ServerSessions.Stores.Postgres.Statements;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Postgres.Connection;

/// <summary>The driver and the table of one store.</summary>
internal sealed class PostgresDialect : RelationalDialect
{
    private readonly NpgsqlDataSource _source;
    private readonly PostgresErrors _errors;
    private readonly PostgresSchema _schema;

    private PostgresDialect(NpgsqlDataSource source, PostgresSessionStoreOptions options, PostgresTarget target, PostgresErrors errors)
        : base(source, ownsSource: options.DataSource is null, errors)
    {
        (_source, _errors, _schema) = (source, errors, new PostgresSchema(options, errors));
        (Database, MaxPoolSize) = (target.Database, target.PoolSize);
    }

    /// <summary>The database and its server, for logs.</summary>
    public string Database { get; }

    public override int MaxPoolSize { get; }

    public override long IdOf(DbConnection connection) => ((NpgsqlConnection)connection).ProcessID;

    /// <param name="options">Valid options.</param>
    public static PostgresDialect Of(PostgresSessionStoreOptions options)
    {
        var source = options.DataSource ?? PostgresSource.Create(options);
        var target = PostgresTarget.From(source, options);
        return new PostgresDialect(source, options, target, new PostgresErrors(target));
    }

    public override async Task<RelationalTable> OpenTableAsync(DbConnection connection, CancellationToken stopping) =>
        new PostgresTable(await _schema.OpenAsync((NpgsqlConnection)connection, stopping).ConfigureAwait(false), _errors);

    public override void ClearPool() => _source.Clear();

    /// <summary>
    /// Clears the driver's cache of host roles. It remembers the primary for ten seconds (<c>Host Recheck Seconds</c>), so after a failover
    /// it would use the old one.
    /// </summary>
    public override void ForgetServers() => (_source as NpgsqlMultiHostDataSource)?.ClearDatabaseStates();
}
