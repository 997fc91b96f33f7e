namespace ServerSessions.Tool.Copying;

/// <summary>What became of the sessions. Thread safe.</summary>
internal sealed class CopyCounts
{
    // Different reasons are few; the same one is not repeated for each session.
    private const int MostReasons = 3;

    private readonly HashSet<string> _reasons = [];
    private readonly long[] _results = new long[Enum.GetValues<CopyResult>().Length];
    private long _refused;
    private long _retries;

    public long Created => Of(CopyResult.Created);

    public long Same => Of(CopyResult.Same);

    public long Updated => Of(CopyResult.Updated);

    public long Different => Of(CopyResult.Different);

    /// <summary>Sessions that expired before they were copied.</summary>
    public long Expired => Of(CopyResult.Expired);

    /// <summary>Sessions that an earlier run has copied.</summary>
    public long Before => Of(CopyResult.Before);

    /// <summary>Sessions that the target does not take.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public long Retries => Volatile.Read(ref _retries);

    public long Done => Created + Same + Updated + Different + Expired + Before + Refused;

    /// <summary>Some of the reasons of the target, without ids.</summary>
    public IReadOnlyList<string> Reasons
    {
        get
        {
            lock (_reasons)
            {
                return [.. _reasons];
            }
        }
    }

    public void Add(CopyResult result) => Interlocked.Increment(ref _results[(int)result]);

    public void AddRetry() => Interlocked.Increment(ref _retries);

    public void AddRefusal(string reason)
    {
        Interlocked.Increment(ref _refused);
        lock (_reasons)
        {
            if (_reasons.Count < MostReasons)
            {
                _reasons.Add(reason);
            }
        }
    }

    private long Of(CopyResult result) => Volatile.Read(ref _results[(int)result]);
}

/// <summary>What became of one session.</summary>
internal enum CopyResult
{
    /// <summary>The target had none, and has it now.</summary>
    Created,

    /// <summary>The target had the same.</summary>
    Same,

    /// <summary>The target had an older one, which was replaced.</summary>
    Updated,

    /// <summary>The target has another one, which was left alone.</summary>
    Different,

    /// <summary>It expired before it was copied.</summary>
    Expired,

    /// <summary>An earlier run has copied it.</summary>
    Before,
}
