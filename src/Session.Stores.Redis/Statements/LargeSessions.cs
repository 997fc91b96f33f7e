namespace ServerSessions.Stores.Redis.Statements;

/// <summary>
/// Remembers by a hash of the sid which sessions were large. A guess that only decides by which command a session is read. Thread safe.
/// </summary>
internal sealed class LargeSessions
{
    private const int Bits = 1 << 16;

    // With more, most small sessions would count as large too. Then it forgets all.
    private const int Most = Bits / 4;

    private readonly ulong[] _seen = new ulong[Bits / 64];
    private int _count;

    public bool Contains(string sid)
    {
        var (word, bit) = Place(sid);
        return (Volatile.Read(ref _seen[word]) & bit) != 0;
    }

    public void Add(string sid)
    {
        var (word, bit) = Place(sid);
        if ((Interlocked.Or(ref _seen[word], bit) & bit) == 0 && Interlocked.Increment(ref _count) > Most)
        {
            Volatile.Write(ref _count, 0);
            Array.Clear(_seen);
        }
    }

    private static (int Word, ulong Bit) Place(string sid)
    {
        var hash = string.GetHashCode(sid) & (Bits - 1);
        return (hash / 64, 1UL << (hash % 64));
    }
}
