using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>
/// A harness for a store with one row per session in a relational database: one table per space, read and damaged with SQL through
/// ADO.NET. The author names the columns; the statements can be overridden.
/// </summary>
public abstract class RelationalStoreHarness : ServerStoreHarness
{
    private DbDataSource? _source;

    /// <summary>The version that the database reports, such as <c>17.2</c>; empty before <see cref="WhyUnavailableAsync"/>.</summary>
    protected string ServerVersion { get; private set; } = "";

    /// <summary>The column with the session id, as it is written in SQL.</summary>
    protected abstract string KeyColumn { get; }

    /// <summary>The column with the payload, as it is written in SQL.</summary>
    protected abstract string PayloadColumn { get; }

    /// <summary>Finds the server, and connects the harness to the database once.</summary>
    /// <inheritdoc/>
    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        var why = await base.WhyUnavailableAsync(cancellationToken);
        if (why is null)
        {
            _source = Own(CreateDataSource(Server));
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            ServerVersion = connection.ServerVersion;
        }

        return why;
    }

    /// <summary>Runs <see cref="DamageStatement"/>.</summary>
    /// <inheritdoc/>
    public override async ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        await ExecuteAsync(DamageStatement(request), sid, cancellationToken) == 1;

    /// <summary>Runs <see cref="RemoveStatement"/>.</summary>
    /// <inheritdoc/>
    public override async ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        await ExecuteAsync(RemoveStatement(request), sid, cancellationToken) == 1;

    /// <summary>Runs <see cref="EntriesStatement"/>, and joins the values of each row with blanks; bytes are read as UTF-8.</summary>
    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(
        StoreRequest request,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, EntriesStatement(request));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var values = new object[reader.FieldCount];
            reader.GetValues(values);
            entries.Add(string.Join(' ', values.Select(TextOf)));
        }

        return entries;
    }

    /// <summary>
    /// Creates the harness's own way to the database, past the proxies. For a driver without a data source of its own:
    /// <c>DbProviderFactory.CreateDataSource</c>. Called once; the harness disposes the data source.
    /// </summary>
    /// <param name="server">The server's own address.</param>
    /// <returns>The data source.</returns>
    protected abstract DbDataSource CreateDataSource(ServerAddress server);

    /// <summary>Returns the table of a space, as it is written in SQL. Default: the name of the space.</summary>
    /// <param name="request">The request of the store.</param>
    /// <returns>The table.</returns>
    protected virtual string TableOf(StoreRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Space;
    }

    /// <summary>
    /// Returns the statement that replaces a payload with one that is no session; <c>@sid</c> is the id. Default: sets
    /// <see cref="PayloadColumn"/> to <c>'42'</c>, which columns of text, JSON and bytes accept.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <returns>SQL that changes one row.</returns>
    protected virtual string DamageStatement(StoreRequest request) =>
        $"UPDATE {TableOf(request)} SET {PayloadColumn} = '42' WHERE {KeyColumn} = @sid";

    /// <summary>
    /// Returns the statement that removes a row; <c>@sid</c> is the id. Default: <c>DELETE</c> by <see cref="KeyColumn"/>.
    /// </summary>
    /// <param name="request">The request of the store.</param>
    /// <returns>SQL that changes one row.</returns>
    protected virtual string RemoveStatement(StoreRequest request) => $"DELETE FROM {TableOf(request)} WHERE {KeyColumn} = @sid";

    /// <summary>Returns the query for all rows of a space. Default: every column of <see cref="TableOf"/>.</summary>
    /// <param name="request">The request of the store.</param>
    /// <returns>SQL that returns a row per entry.</returns>
    protected virtual string EntriesStatement(StoreRequest request) => $"SELECT * FROM {TableOf(request)}";

    /// <summary>Opens a connection past the proxies. The caller disposes it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The open connection.</returns>
    /// <exception cref="InvalidOperationException"><see cref="WhyUnavailableAsync"/> has not returned yet.</exception>
    protected ValueTask<DbConnection> OpenConnectionAsync(CancellationToken cancellationToken) =>
        (_source ?? throw new InvalidOperationException($"{GetType().Name} is not connected: WhyUnavailableAsync has not returned."))
            .OpenConnectionAsync(cancellationToken);

    /// <summary>Runs a statement past the proxies, on a connection of its own.</summary>
    /// <param name="sql">The SQL. Names in it come from the harness, never from a session.</param>
    /// <param name="sid">The value of the parameter <c>@sid</c>; <see langword="null"/>: the statement has none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of rows that were changed, as the driver counts them.</returns>
    protected async ValueTask<int> ExecuteAsync(string sql, string? sid, CancellationToken cancellationToken)
    {
        await using var connection = await OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, sql);
        if (sid is not null)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("@sid", sid);
            command.Parameters.Add(parameter);
        }

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [SuppressMessage("Security", "CA2100", Justification = "The text is the harness's own; the id is a parameter.")]
    private static DbCommand Command(DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static string? TextOf(object value) =>
        value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture);
}
