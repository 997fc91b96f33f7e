using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>Warnings about entries that are not imported, or not whole. Each is logged at most once a minute.</summary>
internal sealed partial class ImportWarnings(ILogger logger, TimeProvider timeProvider)
{
    private readonly RateLimitedWarning _damaged = new(timeProvider);
    private readonly RateLimitedWarning _reserved = new(timeProvider);

    /// <summary>Warns that an entry is not one of ASP.NET Core's session.</summary>
    public void WarnOfDamagedEntry()
    {
        if (_damaged.IsDue())
        {
            Damaged(logger);
        }
    }

    /// <summary>Warns that a value was left out.</summary>
    public void WarnOfReservedKey()
    {
        if (_reserved.IsDue())
        {
            Reserved(logger);
        }
    }

    [LoggerMessage(
        41,
        LogLevel.Warning,
        "An ASP.NET Core session was not imported: its entry in the IDistributedCache is damaged or of another version. The request "
            + "continues without it. Entry and cookie stay. Logged at most once a minute.",
        EventName = "ImportDamaged"
    )]
    private static partial void Damaged(ILogger logger);

    [LoggerMessage(
        42,
        LogLevel.Warning,
        "A value of an ASP.NET Core session was not imported: its key is reserved in sessions of this library. The other values were. "
            + "Logged at most once a minute.",
        EventName = "ImportReservedKey"
    )]
    private static partial void Reserved(ILogger logger);
}
