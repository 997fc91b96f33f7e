using System.Data.Common;
using System.Globalization;
using MySqlConnector;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.MySql.Schema;

/// <summary>
/// Finds and checks the table, or creates it. Any number of processes may run it at once: <c>CREATE TABLE IF NOT EXISTS</c> is atomic.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="errors">Makes exceptions.</param>
/// <param name="patience">The seconds after which the driver gives a command up.</param>
internal sealed class MySqlSchema(MySqlSessionStoreOptions options, MySqlErrors errors, int patience)
{
    // What a statement holds beside a payload: names, an id and its length.
    private const int StatementBytes = 16 * 1024;

    private readonly string _table = options.TableName;
    private readonly string _name = MySqlIdentifier.Quote(options.TableName);
    private readonly bool _isBinary = options.Format == MySqlSessionFormat.Binary;
    private readonly bool _creates = options.CreateTable;

    private string CreateTable =>
        _isBinary
            ? $"CREATE TABLE IF NOT EXISTS {_name} (`session_id` varbinary({Sid.MaxLength * 3}) NOT NULL, `expires` bigint NOT NULL, "
                + "`data` longblob NOT NULL, PRIMARY KEY (`session_id`), KEY `expires` (`expires`)) ENGINE=InnoDB ROW_FORMAT=DYNAMIC"
            : $"CREATE TABLE IF NOT EXISTS {_name} (`session_id` varchar(128) COLLATE utf8mb4_bin NOT NULL, `expires` int(11) unsigned NOT "
                + "NULL, `data` mediumtext COLLATE utf8mb4_bin, PRIMARY KEY (`session_id`), KEY `expires` (`expires`)) ENGINE=InnoDB";

    private string Grant => $"GRANT SELECT, INSERT, UPDATE, DELETE ON {_name} TO …;";

    public async Task<MySqlLayout> OpenAsync(DbConnection connection, CancellationToken stopping)
    {
        // A connection keeps the rights on its database that it had when it chose it; others may have been granted since.
        await ExecuteAsync(connection, $"USE {MySqlIdentifier.Quote(connection.Database)}", stopping).ConfigureAwait(false);
        var columns = await ColumnsAsync(connection, stopping).ConfigureAwait(false);
        if (columns is null)
        {
            await CreateAsync(connection, stopping).ConfigureAwait(false);
            columns = await ColumnsAsync(connection, stopping).ConfigureAwait(false) ?? throw errors.Unusable("it was dropped meanwhile.");
        }

        if (WhyUnusable(columns) is { } problem)
        {
            throw errors.Unusable(problem);
        }

        var (isUnique, hasIndex) = await IndexesAsync(connection, stopping).ConfigureAwait(false);
        if (!isUnique)
        {
            throw errors.Unusable(
                "its column 'session_id' has no primary key or unique index of its own. Add one: "
                    + $"ALTER TABLE {_name} ADD PRIMARY KEY (session_id)."
            );
        }

        await CheckRightsAsync(connection, columns, stopping).ConfigureAwait(false);
        return await LayoutAsync(connection, columns, hasIndex, stopping).ConfigureAwait(false);
    }

    private async Task<List<MySqlColumn>?> ColumnsAsync(DbConnection connection, CancellationToken stopping)
    {
        try
        {
            // Finds the table as the statements do, also if the server folds the case of names.
            using var command = Command(connection, $"SHOW FULL COLUMNS FROM {_name}");
            var reader = await command.ExecuteReaderAsync(stopping).ConfigureAwait(false);
            await using var closing = reader.ConfigureAwait(false);
            var columns = new List<MySqlColumn>();
            while (await reader.ReadAsync(stopping).ConfigureAwait(false))
            {
                columns.Add(
                    new MySqlColumn(
                        Text(reader, "Field")!,
                        Text(reader, "Type")!.ToLowerInvariant(),
                        Text(reader, "Collation"),
                        Text(reader, "Null") == "NO" && Text(reader, "Default") is null && string.IsNullOrEmpty(Text(reader, "Extra")),
                        Text(reader, "Privileges") ?? ""
                    )
                );
            }

            return columns;
        }
        catch (MySqlException error) when (error.ErrorCode == MySqlErrorCode.NoSuchTable)
        {
            return null;
        }
    }

    private async Task CreateAsync(DbConnection connection, CancellationToken stopping)
    {
        if (!_creates)
        {
            throw errors.Unusable($"it does not exist. Create it, or set CreateTable: {CreateTable};");
        }

        try
        {
            await ExecuteAsync(connection, CreateTable, stopping).ConfigureAwait(false);
        }
        catch (MySqlException error) when (MySqlErrors.IsDenied(error))
        {
            throw errors.Unusable(
                $"it does not exist, and this user may not create it. Grant CREATE on the database, or create it as another user: "
                    + $"{CreateTable}; {Grant}"
            );
        }
    }

    /// <summary>Refuses a table that would lose sessions or mix them up.</summary>
    private string? WhyUnusable(List<MySqlColumn> columns)
    {
        var sid = Find(columns, "session_id");
        var expires = Find(columns, "expires");
        var data = Find(columns, "data");
        if (sid is null || expires is null || data is null)
        {
            return $"it has the columns ({string.Join(", ", columns)}), and not session_id, expires and data. Set TableName to another.";
        }

        foreach (
            var (column, isUsable) in new[]
            {
                (sid, sid.Kind == (_isBinary ? "varbinary" : "varchar")),
                (expires, expires.MaxExpires(_isBinary) > 0),
                (data, data.MaxPayload(_isBinary) > 0),
            }
        )
        {
            if (!isUsable)
            {
                return $"its column '{column}' is not one of the format {options.Format}. Set Format or TableName to another.";
            }
        }

        if (!_isBinary && !sid.IsExact)
        {
            return $"its column '{sid}' treats different ids as equal, or cannot hold every id. Change it: ALTER TABLE {_name} MODIFY "
                + $"session_id {sid.Type} COLLATE utf8mb4_bin NOT NULL.";
        }

        return columns.Find(column => column.NeedsValue && column != sid && column != expires && column != data) is { } other
            ? $"its column '{other.Name}' needs a value, and the store gives none. Give it a default, or make it nullable."
            : null;
    }

    private async Task<(bool IsUnique, bool HasIndex)> IndexesAsync(DbConnection connection, CancellationToken stopping)
    {
        using var command = Command(connection, $"SHOW INDEX FROM {_name}");
        var reader = await command.ExecuteReaderAsync(stopping).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        var parts = new List<(string Key, bool IsUnique, string? Column)>();
        while (await reader.ReadAsync(stopping).ConfigureAwait(false))
        {
            // An index on the beginning of a column, or on an expression, is none of the column.
            var column = Text(reader, "Sub_part") is null ? Text(reader, "Column_name") : null;
            parts.Add((Text(reader, "Key_name")!, Text(reader, "Non_unique") == "0", column));
        }

        var keys = parts.GroupBy(static part => part.Key).Select(static key => key.ToArray()).ToArray();
        return (
            Array.Exists(keys, static key => key is [{ IsUnique: true, Column: "session_id" }]),
            Array.Exists(keys, static key => key[0].Column == "expires")
        );
    }

    /// <summary>Refuses a user that lacks a right, before the first session is lost to it.</summary>
    private async Task CheckRightsAsync(DbConnection connection, List<MySqlColumn> columns, CancellationToken stopping)
    {
        var rights = Find(columns, "data")!.Rights.Split(',');
        var mayDelete = true;
        try
        {
            // Only an attempt tells whether a right to delete comes from some grant or role. It finds no row. With sql_safe_updates the
            // condition must be one on a column.
            const string Never = "WHERE session_id IS NULL AND session_id = '' LIMIT 1";
            await ExecuteAsync(connection, $"DELETE FROM {_name} {Never}", stopping).ConfigureAwait(false);
        }
        catch (MySqlException error) when (MySqlErrors.IsDenied(error))
        {
            mayDelete = false;
        }
        catch (MySqlException error) when (MySqlErrors.IsReadOnly(error))
        {
            // A replica: it serves reads, and writes are refused one by one.
        }

        if (!mayDelete || !Array.TrueForAll(["select", "insert", "update"], right => rights.Contains(right)))
        {
            throw errors.Unusable($"this user lacks rights. Run: {Grant}");
        }
    }

    private async Task<MySqlLayout> LayoutAsync(
        DbConnection connection,
        List<MySqlColumn> columns,
        bool hasIndex,
        CancellationToken stopping
    )
    {
        using var command = Command(connection, "SELECT @@version, @@max_allowed_packet, @@autocommit, @@sql_safe_updates");
        var reader = await command.ExecuteReaderAsync(stopping).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        await reader.ReadAsync(stopping).ConfigureAwait(false);
        if (Convert.ToInt64(reader.GetValue(2), CultureInfo.InvariantCulture) == 0)
        {
            throw errors.Unusable("autocommit is off for this user's connections, so no session would stay. Turn it on (init_connect).");
        }

        var sid = Find(columns, "session_id")!;
        var packet = Convert.ToInt64(reader.GetValue(1), CultureInfo.InvariantCulture);
        var statement = packet - StatementBytes;
        if (statement <= 0)
        {
            throw errors.Unusable($"the server's max_allowed_packet is {packet} bytes, in which no session fits. Raise it.");
        }

        return new MySqlLayout(
            _table,
            _isBinary,
            !_isBinary && sid.IsPadded,
            sid.Length,
            Math.Min(Find(columns, "data")!.MaxPayload(_isBinary), statement),
            statement,
            Find(columns, "expires")!.MaxExpires(_isBinary),
            hasIndex,
            // With sql_safe_updates the server refuses to delete by a list of rows that it has read.
            HasSkipLocked(reader.GetString(0)) && Convert.ToInt64(reader.GetValue(3), CultureInfo.InvariantCulture) == 0
        );
    }

    /// <summary>MariaDB since 10.6, MySQL since 8.0.1.</summary>
    private static bool HasSkipLocked(string version) =>
        version.Split('.', '-') is [var first, var second, ..]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
        && (
            version.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) ? major > 10 || (major == 10 && minor >= 6) : major >= 8
        );

    private static MySqlColumn? Find(List<MySqlColumn> columns, string name) =>
        columns.Find(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string? Text(DbDataReader reader, string column) =>
        reader.GetOrdinal(column) is var ordinal && reader.IsDBNull(ordinal)
            ? null
            : Convert.ToString(reader.GetValue(ordinal), CultureInfo.InvariantCulture);

    private async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken stopping)
    {
        using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync(stopping).ConfigureAwait(false);
    }

    private DbCommand Command(DbConnection connection, string sql)
    {
        var command = RelationalCommand.Create(connection, sql);
        command.CommandTimeout = patience;
        return command;
    }
}
