using System.Data;
using System.Globalization;
using Npgsql;
using ServerSessions.Stores.Postgres.Statements;

namespace ServerSessions.Stores.Postgres.Schema;

/// <summary>
/// Finds and checks the table, or creates it. Any number of processes may run it at once: .NET processes use an advisory lock, Node takes
/// none.
/// </summary>
internal sealed class PostgresSchema(PostgresSessionStoreOptions options, PostgresErrors errors)
{
    // If another process creates the table meanwhile, the second attempt finds it; the others are for a table that is dropped meanwhile.
    private const int Attempts = 5;

    private readonly string _name = options.SchemaName is null
        ? PostgresIdentifier.Quote(options.TableName)
        : PostgresIdentifier.Quote(options.SchemaName, options.TableName);

    public async Task<TableLayout> OpenAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await FindAsync(connection, stopping).ConfigureAwait(false) is { } found)
            {
                return await ReadAsync(connection, found, stopping).ConfigureAwait(false);
            }

            if (!options.CreateTable)
            {
                throw errors.Unusable(
                    $"it does not exist. Create it, or set CreateTable: {SchemaSql.CreateTable(_name)}; CREATE INDEX ON {_name} (expire);"
                );
            }

            try
            {
                await CreateAsync(connection, stopping).ConfigureAwait(false);
            }
            catch (PostgresException error) when (IsMadeByAnother(error) && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 20) * attempt), stopping).ConfigureAwait(false);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw errors.Unusable(
                    $"it does not exist, and this role may not create it. Grant CREATE on the schema, or create it as another role: "
                        + $"{SchemaSql.CreateTable(_name)}; CREATE INDEX ON {_name} (expire); GRANT SELECT, INSERT, UPDATE, DELETE ON "
                        + $"{_name} TO …;"
                );
            }
        }
    }

    private static bool IsMadeByAnother(PostgresException error) =>
        error.SqlState
            is PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.DuplicateTable
                or PostgresErrorCodes.DuplicateObject
                or PostgresErrorCodes.DeadlockDetected;

    private async Task<TableColumns?> FindAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        using var command = PostgresCommand.Create(connection, SchemaSql.Columns).Text(_name);
        var reader = await command.ExecuteReaderAsync(stopping).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        TableColumns? table = null;
        while (await reader.ReadAsync(stopping).ConfigureAwait(false))
        {
            table ??= new TableColumns(reader.GetString(0), reader.GetString(1), reader.GetString(2));
            table.Columns.Add(new TableColumn(reader.GetString(3), reader.GetString(4), reader.GetBoolean(5), reader.GetBoolean(6)));
        }

        return table;
    }

    /// <summary>Refuses a table that would lose sessions, and reads the facts that the statements depend on.</summary>
    private async Task<TableLayout> ReadAsync(NpgsqlConnection connection, TableColumns table, CancellationToken stopping)
    {
        if (table.WhyUnusable() is { } problem)
        {
            throw errors.Unusable(problem);
        }

        string? rights,
            zone,
            deferrable;
        bool isUnique,
            hasIndex,
            isDirect,
            isHidden;
        using (var command = PostgresCommand.Create(connection, SchemaSql.Facts).Text(PostgresIdentifier.Quote(table.Schema, table.Name)))
        {
            var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, stopping).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            await reader.ReadAsync(stopping).ConfigureAwait(false);
            isUnique = reader.GetBoolean(0);
            hasIndex = reader.GetBoolean(1);
            rights = reader.GetString(2);
            isDirect = reader.GetInt32(3) == connection.ProcessID;
            zone = options.TimeZone ?? reader.GetString(4);
            isHidden = options.TimeZone is null && reader.GetString(5) == "client";
            deferrable = reader.IsDBNull(6) ? null : reader.GetString(6);
        }

        if (!isUnique)
        {
            var name = PostgresIdentifier.Quote(table.Schema, table.Name);
            throw errors.Unusable(
                deferrable is null
                    ? $"its column 'sid' has no primary key or unique index of its own. Add one: ALTER TABLE {name} ADD PRIMARY KEY (sid)."
                    : "the primary key of its column 'sid' is DEFERRABLE, so neither this store nor connect-pg-simple can insert "
                        + "or update a row in one statement. Replace it: "
                        + $"ALTER TABLE {name} DROP CONSTRAINT {PostgresIdentifier.Quote(deferrable)}, ADD PRIMARY KEY (sid)."
            );
        }

        if (rights.Length > 0)
        {
            throw errors.Unusable(
                $"this role lacks rights. GRANT {rights} ON {PostgresIdentifier.Quote(table.Schema, table.Name)} TO it."
            );
        }

        return new TableLayout(
            table.Schema,
            table.Name,
            table.Payload,
            table.HasTimeZone ? null : await CheckZoneAsync(connection, zone, isHidden, stopping).ConfigureAwait(false),
            options.PrepareStatements ?? isDirect,
            hasIndex,
            table.PadsSids
        );
    }

    /// <summary>
    /// Checks and returns the zone of a column without a time zone: the option's, or the server's default, which Node's connections use. A
    /// connection that sets another zone (Timezone, PGTZ) hides the default.
    /// </summary>
    private async Task<string> CheckZoneAsync(NpgsqlConnection connection, string zone, bool isHidden, CancellationToken stopping)
    {
        if (isHidden)
        {
            throw errors.Unusable(
                "its column 'expire' has no time zone, so its times are in the server's default zone, which Node's connections use. "
                    + $"This connection hides the default by setting '{zone}' (Timezone in the connection string, or the variable PGTZ). "
                    + $"Set TimeZone to the zone of Node's connections, or to '{zone}' if all connections use it."
            );
        }

        var transaction = await connection.BeginTransactionAsync(stopping).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            try
            {
                using var set = PostgresCommand.Create(connection, SchemaSql.UseZone).Text(zone);
                await set.ExecuteNonQueryAsync(stopping).ConfigureAwait(false);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidParameterValue)
            {
                throw errors.Unusable($"the server has no time zone '{zone}'. Set TimeZone to one of pg_timezone_names.");
            }

            using var ask = PostgresCommand.Create(connection, SchemaSql.IsZoneByName).Text(zone);
            if (!PostgresZone.IsValid(zone) || await ask.ExecuteScalarAsync(stopping).ConfigureAwait(false) is not true)
            {
                // "CET" as an abbreviation is always winter time; as a zone it has summer time.
                throw errors.Unusable(
                    $"the time zone '{zone}' is also an abbreviation with another meaning. Set TimeZone to a full name, such as "
                        + $"'Europe/Berlin'."
                );
            }
        }

        return zone;
    }

    private async Task CreateAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, stopping).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            using (var enter = PostgresCommand.Create(connection, SchemaSql.Lock).Text(_name))
            {
                await enter.ExecuteNonQueryAsync(stopping).ConfigureAwait(false);
            }

            if (await FindAsync(connection, stopping).ConfigureAwait(false) is not null)
            {
                return;
            }

            using (var create = PostgresCommand.Create(connection, SchemaSql.CreateTable(_name)))
            {
                await create.ExecuteNonQueryAsync(stopping).ConfigureAwait(false);
            }

            using (var index = PostgresCommand.Create(connection, await IndexAsync(connection, stopping).ConfigureAwait(false)))
            {
                await index.ExecuteNonQueryAsync(stopping).ConfigureAwait(false);
            }

            await transaction.CommitAsync(stopping).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Returns the statement that creates the index, with connect-pg-simple's name and the name of the table. If that name is too long or
    /// taken (Node reuses the first table's names), PostgreSQL chooses one, as for the primary key.
    /// </summary>
    private async Task<string> IndexAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"IDX_{options.TableName}_expire");
        if (!PostgresIdentifier.IsValid(name))
        {
            return SchemaSql.CreateIndex("", _name);
        }

        using var ask = PostgresCommand.Create(connection, SchemaSql.IsTaken).Text(_name).Text(name);
        var isTaken = await ask.ExecuteScalarAsync(stopping).ConfigureAwait(false) is true;
        return SchemaSql.CreateIndex(isTaken ? "" : PostgresIdentifier.Quote(name), _name);
    }
}
