using System.Data.Common;
using System.Globalization;
using ServerSessions.Stores.Postgres.Schema;
using ServerSessions.Stores.Postgres.Statements;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Postgres;

/// <content>What the server tells an operator.</content>
public sealed partial class PostgresSessionStore
{
    // Autovacuum starts at a fifth of the rows; a small table is never worth a warning.
    private const long FewDeadRows = 10_000;

    // Everything in it may be read by every role.
    private const string Facts = """
        SELECT pg_catalog.current_setting('server_version'), pg_catalog.pg_is_in_recovery(),
            pg_catalog.current_setting('transaction_read_only') = 'on', pg_catalog.clock_timestamp(),
            pg_catalog.current_setting('synchronous_commit'), pg_catalog.current_setting('fsync'),
            coalesce(s.n_live_tup, 0), coalesce(s.n_dead_tup, 0)
        FROM (SELECT pg_catalog.to_regclass($1)::oid AS oid) t LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = t.oid
        """;

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyList<StoreCheck>> ExamineAsync(
        RelationalTable table,
        DbConnection connection,
        CancellationToken stopping
    )
    {
        var layout = ((PostgresTable)table).Layout;
        var name = PostgresIdentifier.Quote(layout.Schema, layout.Table);
        var checks = new List<StoreCheck>
        {
            StoreCheck.Passed(StoreCheckGroup.Shape, "table", $"{layout.Schema}.{layout.Table} with sess of type {layout.Payload}"),
            StoreChecks.ExpiryIndex(layout.HasExpireIndex, $"CREATE INDEX CONCURRENTLY ON {name} (expire);"),
            StoreCheck.Passed(StoreCheckGroup.Time, "time zone", layout.TimeZone ?? "of the column expire"),
            await ExpiredAsync(table, connection, stopping).ConfigureAwait(false),
        };
        using var command = PostgresCommand.Create(connection, Facts).Text(name);
        var reader = await command.ExecuteReaderAsync(stopping).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        await reader.ReadAsync(stopping).ConfigureAwait(false);
        checks.Add(StoreCheck.Passed(StoreCheckGroup.Reach, "server", $"PostgreSQL {reader.GetString(0)}"));
        checks.Add(Writable(reader.GetBoolean(1), reader.GetBoolean(2)));
        checks.Add(StoreChecks.Clock(reader.GetFieldValue<DateTimeOffset>(3), Clock.Now));
        checks.Add(DeadRows(reader.GetInt64(6), reader.GetInt64(7), name));
        checks.Add(
            StoreCheck.Of(
                reader.GetString(5) == "on" && reader.GetString(4) != "off",
                StoreCheckGroup.Safety,
                "durability",
                $"fsync {reader.GetString(5)}, synchronous_commit {reader.GetString(4)}",
                "fsync on, synchronous_commit not off",
                "A crash of the server loses acknowledged sign-outs. Turn both on."
            )
        );
        return checks;
    }

    private static StoreCheck Writable(bool isStandby, bool isReadOnly) =>
        isStandby || isReadOnly
            ? StoreCheck.Failed(
                StoreCheckGroup.Rights,
                "primary",
                isStandby ? "a standby" : "read-only transactions",
                "a primary that takes writes",
                isStandby
                    ? "Name the primary in the URL, or all hosts with target_session_attrs=read-write."
                    : "Set default_transaction_read_only to off for this role and database."
            )
            : StoreCheck.Passed(StoreCheckGroup.Rights, "primary", "takes writes");

    private static StoreCheck DeadRows(long live, long dead, string name) =>
        StoreCheck.Of(
            dead <= FewDeadRows || dead <= live,
            StoreCheckGroup.Tidy,
            "dead rows",
            string.Create(CultureInfo.InvariantCulture, $"{dead:N0} beside {live:N0} live"),
            "fewer than live rows",
            $"Autovacuum does not keep up. Run VACUUM {name}, and lower autovacuum_vacuum_scale_factor for the table."
        );
}
