using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Memory;

public sealed partial class MemorySessionStore
{
    private static partial class Log
    {
        [LoggerMessage(
            EventId = 20,
            EventName = "SessionEvicted",
            Level = LogLevel.Warning,
            Message = "The memory session store is full (MaxSessions {MaxSessions}, MaxBytes {MaxBytes}) and dropped a live session. It "
                + "drops further least recently used sessions without a warning. Raise the limit, shorten the sessions' lifetime, or "
                + "use a store with a database."
        )]
        public static partial void SessionEvicted(ILogger logger, int maxSessions, long maxBytes);
    }
}
