using System.Data.Common;
using MySqlConnector;
using ServerSessions.Stores.MySql.Schema;
using ServerSessions.Stores.MySql.Statements;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.MySql.Connection;

/// <summary>The driver and the table of one store.</summary>
internal sealed class MySqlDialect : RelationalDialect
{
    private readonly MySqlSchema _schema;
    private readonly MySqlErrors _errors;
    private readonly int _patience;

    private MySqlDialect(MySqlDataSource source, MySqlSessionStoreOptions options, MySqlTarget target, MySqlErrors errors)
        : base(source, ownsSource: options.DataSource is null, errors)
    {
        (_errors, MaxPoolSize) = (errors, target.MaxPoolSize);
        _patience = (int)MySqlSettings.Patience(options.OperationTimeout);
        _schema = new MySqlSchema(options, errors, _patience);
        Place = $"The MySQL database {target.Database}";
    }

    /// <summary>The database, as log events begin with it.</summary>
    public string Place { get; }

    public override int MaxPoolSize { get; }

    public override long IdOf(DbConnection connection) => ((MySqlConnection)connection).ServerThread;

    public static MySqlDialect For(MySqlSessionStoreOptions options)
    {
        var source = options.DataSource ?? MySqlSettings.CreateSource(options);
        var target = MySqlTarget.Of(source);
        var errors = new MySqlErrors($"table '{options.TableName}' in the MySQL database {target.Database}");
        return new MySqlDialect(source, options, target, errors);
    }

    public override async Task<RelationalTable> OpenTableAsync(DbConnection connection, CancellationToken stopping) =>
        new MySqlTable(await _schema.OpenAsync(connection, stopping).ConfigureAwait(false), _errors, _patience);

    /// <summary>
    /// Does nothing: the driver cannot clear the pool of a data source. The second attempt tests the connections one by one.
    /// </summary>
    public override void ClearPool() { }
}
