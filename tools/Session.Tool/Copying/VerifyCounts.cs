namespace ServerSessions.Tool.Copying;

/// <summary>What a verification has found. Thread safe.</summary>
internal sealed class VerifyCounts
{
    private readonly long[] _differences = new long[Enum.GetValues<Difference>().Length];
    private long _missing;
    private long _ended;

    public long Same => Of(Difference.None);

    /// <summary>Sessions that the target does not have.</summary>
    public long Missing => Volatile.Read(ref _missing);

    /// <summary>Sessions with another content.</summary>
    public long Value => Of(Difference.Value);

    /// <summary>Sessions with the same content and another expiry.</summary>
    public long Life => Of(Difference.Life);

    /// <summary>Sessions that ended at the source while it was compared.</summary>
    public long Ended => Volatile.Read(ref _ended);

    public long Done => Same + Missing + Value + Life + Ended;

    public bool IsEqual => Missing + Value + Life == 0;

    public void AddMissing() => Interlocked.Increment(ref _missing);

    public void AddEnded() => Interlocked.Increment(ref _ended);

    public void Add(Difference difference) => Interlocked.Increment(ref _differences[(int)difference]);

    private long Of(Difference difference) => Volatile.Read(ref _differences[(int)difference]);
}
