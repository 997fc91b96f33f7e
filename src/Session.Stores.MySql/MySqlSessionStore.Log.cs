using Microsoft.Extensions.Logging;
using ServerSessions.Stores.MySql.Statements;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.MySql;

public sealed partial class MySqlSessionStore
{
    /// <inheritdoc/>
    protected override void LogOpened(RelationalTable table)
    {
        LogKeptIn(_place);
        if (table is MySqlTable { Layout: { HasExpiresIndex: false } layout })
        {
            NoIndex(Logger, layout.Table);
        }
    }

    [LoggerMessage(
        20,
        LogLevel.Warning,
        "Table '{Table}' has no index on expires, so pruning and counting read the whole table. Run: ALTER TABLE `{Table}` ADD INDEX "
            + "(expires).",
        EventName = "NoIndex"
    )]
    private static partial void NoIndex(ILogger logger, string table);
}
