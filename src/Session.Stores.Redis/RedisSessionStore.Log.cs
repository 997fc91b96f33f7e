using System.Globalization;

namespace ServerSessions.Stores.Redis;

/// <content>The log events, which are those of <see cref="StoreLog"/>.</content>
public sealed partial class RedisSessionStore
{
    private void LogOpened() =>
        StoreLog.Opened(
            Logger,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_errors.Place}, database {Math.Max(_settings.Database, 0)}, under the prefix '{_settings.Prefix}'"
            )
        );

    private void LogUnreadable(int count)
    {
        // Without a prefix, other keys in the database are normal.
        if (!IsWholeDatabase)
        {
            StoreLog.Unreadable(Logger, count, $"keys under the prefix '{_settings.Prefix}'");
        }
    }
}
