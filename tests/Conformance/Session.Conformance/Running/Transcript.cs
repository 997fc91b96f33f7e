using System.Diagnostics;

namespace ServerSessions.Conformance;

/// <summary>
/// The calls of a case with their results and times. Letters replace ids, so that a report can be published. Safe for concurrent
/// use.
/// </summary>
internal sealed class Transcript
{
    // A race makes thousands of calls; the last ones are those before it was noticed.
    private const int MaxLines = 60;

    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Queue<TranscriptCall> _calls = new();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private int _dropped;

    /// <summary>The ids of the case that are long enough to be recognized in a text.</summary>
    public IReadOnlyList<string> Secrets
    {
        get
        {
            lock (_lock)
            {
                return [.. _names.Keys.Where(static sid => sid.Length >= 12)];
            }
        }
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                IEnumerable<string> lines = _calls.Select(static call => call.ToString());
                return _dropped == 0 ? [.. lines] : [$"({_dropped} earlier calls)", .. lines];
            }
        }
    }

    public TranscriptCall Begin(string what)
    {
        var call = new TranscriptCall(Stopwatch.GetElapsedTime(_start), what);
        lock (_lock)
        {
            _calls.Enqueue(call);
            if (_calls.Count > MaxLines)
            {
                _calls.Dequeue();
                _dropped++;
            }
        }

        return call;
    }

    public void Note(string what) => Begin(what).End("");

    /// <summary>The letter of an id: A, B … Z, A1 …</summary>
    public string NameOf(string? sid)
    {
        if (sid is null)
        {
            return "null";
        }

        lock (_lock)
        {
            if (!_names.TryGetValue(sid, out var name))
            {
                var count = _names.Count;
                name = (char)('A' + (count % 26)) + (count < 26 ? "" : $"{count / 26}");
                _names.Add(sid, name);
            }

            return name;
        }
    }
}

/// <summary>One call: what was asked, and what came of it.</summary>
internal sealed class TranscriptCall(TimeSpan at, string what)
{
    private volatile string? _answer;

    public void End(string result) => _answer = result;

    public override string ToString() =>
        $"{at.TotalMilliseconds,8:0.0} ms  {what}"
        + (
            _answer is { } result
                ? result.Length == 0
                    ? ""
                    : $" → {result}"
                : " → no result yet"
        );
}
