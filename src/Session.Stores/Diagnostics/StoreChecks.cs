using System.Globalization;

namespace ServerSessions.Stores;

/// <summary>The checks that several backends have.</summary>
public static class StoreChecks
{
    // NTP keeps machines within milliseconds. Formats of whole seconds and a slow reply account for the rest.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    // Four default intervals.
    private static readonly TimeSpan Pruned = TimeSpan.FromHours(1);

    // With less, the next large write may fail, and a checkpoint has no room.
    private const long LeastFreeBytes = 256 * 1024 * 1024;

    /// <summary>Gets the age from which an expired session should have been pruned: 1 hour.</summary>
    public static TimeSpan LongExpired => Pruned;

    /// <summary>Creates the check of the server's clock against this machine's. Passes within 2 seconds.</summary>
    /// <param name="server">The server's time.</param>
    /// <param name="here">This machine's time at the same instant, as well as it is known.</param>
    /// <returns>The check.</returns>
    public static StoreCheck Clock(DateTimeOffset server, DateTimeOffset here)
    {
        var ahead = server - here;
        var seconds = Math.Abs(ahead.TotalSeconds).ToString("0.0", CultureInfo.InvariantCulture);
        return StoreCheck.Of(
            ahead.Duration() <= ClockTolerance,
            StoreCheckGroup.Time,
            "server clock",
            $"{seconds} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} this machine",
            "within 2 s",
            "Synchronize the clocks of both machines (NTP). Sessions end early or late by the difference."
        );
    }

    /// <summary>Creates the check of the index by which expired sessions are found.</summary>
    /// <param name="exists">Whether there is one.</param>
    /// <param name="advice">The statement that creates it.</param>
    /// <returns>The check.</returns>
    public static StoreCheck ExpiryIndex(bool exists, string advice) =>
        StoreCheck.Of(
            exists,
            StoreCheckGroup.Shape,
            "expiry index",
            exists ? "present" : "missing",
            "an index that begins with the expiry",
            $"Pruning and counting read the whole table. Run: {advice}"
        );

    /// <summary>Creates the check of expired sessions that are still there. Passes if they expired within the last hour.</summary>
    /// <param name="count">Their number.</param>
    /// <param name="longExpired">The number of those that expired more than an hour ago.</param>
    /// <param name="rows">What the backend calls them: <c>rows</c>.</param>
    /// <returns>The check.</returns>
    public static StoreCheck Expired(long count, long longExpired, string rows) =>
        StoreCheck.Of(
            longExpired == 0,
            StoreCheckGroup.Tidy,
            "expired",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} {rows}{(longExpired > 0 ? $", {longExpired:N0} of them for more than an hour" : "")}"
            ),
            "none older than an hour",
            "No application prunes this store. Let one run with its PruneInterval, or run 'session prune'."
        ) with
        {
            Count = count,
        };

    /// <summary>Creates the check of the space that is left on a disk. Passes from 256 MiB on.</summary>
    /// <param name="folder">A folder on the disk.</param>
    /// <returns>The check.</returns>
    public static StoreCheck FreeDisk(string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return StoreCheck.Of(
            free >= LeastFreeBytes,
            StoreCheckGroup.Safety,
            "free disk space",
            Mebibytes(free),
            $"{Mebibytes(LeastFreeBytes)} or more",
            "A full disk refuses every write. Free some space."
        );
    }

    /// <summary>Formats a size in any culture: <c>12.5 MiB</c>.</summary>
    /// <param name="bytes">The number of bytes.</param>
    /// <returns>The text.</returns>
    public static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N1} MiB");
}
