namespace ServerSessions.Conformance;

/// <summary>
/// The calls on one session with their starts and ends. Decides whether one sequential order explains them: Wing and Gong's search, with
/// a memory of tried states.
/// </summary>
internal sealed class CallHistory
{
    /// <summary>The value that stands for the result of a get without a session.</summary>
    public const int Absent = 0;

    // The sets of calls are bits of a number.
    private const int MostCalls = 31;

    private readonly List<Call> _calls = [];
    private readonly Lock _lock = new();
    private int _now;

    public enum Kind
    {
        Get,
        Set,
        Destroy,
    }

    public Call Begin(Kind kind, int value)
    {
        lock (_lock)
        {
            var call = new Call(kind, _now++) { Value = kind == Kind.Destroy ? Absent : value };
            _calls.Add(call);
            return call;
        }
    }

    public void End(Call call)
    {
        lock (_lock)
        {
            call.End = _now++;
        }
    }

    public bool IsLinearizable()
    {
        if (_calls.Count > MostCalls)
        {
            throw new InvalidOperationException($"{_calls.Count} calls are too many.");
        }

        return Explains(done: 0, value: Absent, []);
    }

    public override string ToString() => string.Join("; ", _calls.OrderBy(static call => call.Start));

    /// <summary>Whether the calls that are not done can follow in some order on a session with this value.</summary>
    private bool Explains(int done, int value, HashSet<(int Done, int Value)> tried)
    {
        if (done == (1 << _calls.Count) - 1)
        {
            return true;
        }

        if (!tried.Add((done, value)))
        {
            return false;
        }

        // No call can come after one that had ended before it began.
        var firstEnd = int.MaxValue;
        for (var i = 0; i < _calls.Count; i++)
        {
            if ((done & (1 << i)) == 0)
            {
                firstEnd = Math.Min(firstEnd, _calls[i].End);
            }
        }

        for (var i = 0; i < _calls.Count; i++)
        {
            var call = _calls[i];
            if (
                (done & (1 << i)) == 0
                && call.Start < firstEnd
                && (call.Kind != Kind.Get || call.Value == value)
                && Explains(done | (1 << i), call.Kind == Kind.Get ? value : call.Value, tried)
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A call; the value is the one that was written or read.</summary>
    public sealed class Call(Kind kind, int start)
    {
        public Kind Kind => kind;

        public int Start => start;

        public int Value { get; set; }

        public int End { get; set; } = int.MaxValue;

        public override string ToString() =>
            $"[{start}–{End}] {kind switch
            {
                Kind.Set => $"set {Value}",
                Kind.Destroy => "destroy",
                _ => Value == Absent ? "get → absent" : $"get → {Value}",
            }}";
    }
}
