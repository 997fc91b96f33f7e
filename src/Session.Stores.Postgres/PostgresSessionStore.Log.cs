using Microsoft.Extensions.Logging;
using ServerSessions.Stores.Postgres.Statements;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Postgres;

/// <content>The log events besides those of <see cref="StoreLog"/>.</content>
public sealed partial class PostgresSessionStore
{
    /// <inheritdoc/>
    protected override void LogOpened(RelationalTable table)
    {
        var layout = ((PostgresTable)table).Layout;
        LogKeptIn(
            $"the PostgreSQL database {_database}, table '{layout.Schema}.{layout.Table}' ({layout.Payload}; time zone "
                + $"{layout.TimeZone ?? "of the column"}; prepared statements: {layout.IsPrepared})"
        );
        if (!layout.HasExpireIndex)
        {
            NoIndex(Logger, layout.Schema, layout.Table);
        }
    }

    [LoggerMessage(
        20,
        LogLevel.Warning,
        "Table '{Schema}.{Table}' has no index on expire, so pruning and counting read the whole table. Run: CREATE INDEX "
            + "CONCURRENTLY ON \"{Schema}\".\"{Table}\" (expire).",
        EventName = "NoIndex"
    )]
    private static partial void NoIndex(ILogger logger, string schema, string table);
}
