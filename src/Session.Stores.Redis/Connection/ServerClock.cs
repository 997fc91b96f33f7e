using System.Diagnostics;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>
/// Estimates what the clock of one Redis server shows at an instant of this process's monotonic clock. The estimate is never later than the
/// true time. It uses the server's time in replies and sends no command.
/// </summary>
internal sealed class ServerClock
{
    /// <summary>
    /// Milliseconds to add to this process's clock; at most the true difference. <see cref="long.MinValue"/>: not known yet.
    /// </summary>
    private long _offset = long.MinValue;

    /// <summary>
    /// Returns the server's Unix milliseconds at an instant of <see cref="Stopwatch"/>; 0 (long past) before the first observation.
    /// </summary>
    public long At(long timestamp)
    {
        var offset = Volatile.Read(ref _offset);
        return offset == long.MinValue ? 0 : (long)Milliseconds(timestamp) + offset;
    }

    /// <summary>
    /// Updates the offset. The server read <paramref name="time"/> between <paramref name="sent"/> and <paramref name="received"/>, so the
    /// difference has two bounds. The lower bound replaces the offset if it is greater, or if the upper bound shows that the offset is too
    /// large: the server's clock was set back, or runs slower than this process's.
    /// </summary>
    public void Observe(long time, long sent, long received)
    {
        var least = time - (long)Math.Ceiling(Milliseconds(received));
        var most = time + 1 - (long)Milliseconds(sent);
        var known = Volatile.Read(ref _offset);
        if (least > known || most < known)
        {
            Volatile.Write(ref _offset, least);
        }
    }

    private static double Milliseconds(long timestamp) => Stopwatch.GetElapsedTime(0, timestamp).TotalMilliseconds;
}
