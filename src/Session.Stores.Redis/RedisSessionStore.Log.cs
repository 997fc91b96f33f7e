using System.Globalization;
using Microsoft.Extensions.Logging;
using ServerSessions.Stores.Redis.Connection;

namespace ServerSessions.Stores.Redis;

/// <content>The log events: those of <see cref="StoreLog"/>, and its own from 20.</content>
public sealed partial class RedisSessionStore
{
    private void LogOpened() =>
        LogKeptIn(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_errors.Place}, database {Math.Max(_settings.Database, 0)}, under the prefix '{_settings.Prefix}'"
            )
        );

    private void LogMet(KnownServer server)
    {
        if (server.IsGarnet)
        {
            LogGarnet(Logger, _errors.Place);
        }
    }

    private void LogUnreadable(int count)
    {
        // Without a prefix, other keys in the database are normal.
        if (!IsWholeDatabase)
        {
            StoreLog.Unreadable(Logger, count, $"keys under the prefix '{_settings.Prefix}'");
        }
    }

    [LoggerMessage(
        20,
        LogLevel.Warning,
        "{Place} is Garnet. Start it with --lua --lua-transaction-mode: otherwise scripts are not atomic, and parallel changes of a "
            + "session are lost. The server does not say whether it was started so.",
        EventName = "GarnetMode"
    )]
    private static partial void LogGarnet(ILogger logger, string place);
}
