using System.Diagnostics;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>
/// Tells what one Redis server's clock will show at an instant of this process's own monotonic clock, and never a later time than it will
/// be. Each reply that carries the server's time is an observation; nothing is asked for.
/// </summary>
internal sealed class ServerClock
{
    /// <summary>Milliseconds to add to ours; at most the true difference. The smallest number: not known yet.</summary>
    private long _offset = long.MinValue;

    /// <summary>
    /// The server's Unix milliseconds at an instant of <see cref="Stopwatch"/>; 0, long past, where nothing was observed yet.
    /// </summary>
    public long At(long timestamp)
    {
        var offset = Volatile.Read(ref _offset);
        return offset == long.MinValue ? 0 : (long)Milliseconds(timestamp) + offset;
    }

    /// <summary>
    /// The server read <paramref name="time"/> at some moment between <paramref name="sent"/> and <paramref name="received"/>, so the
    /// difference lies between two bounds. The lower one is kept where it is better than what is known, or where the upper one shows that
    /// what is known has become too much: the server's clock was set back, or runs slower than ours.
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
