using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ServerSessions.Conformance;

/// <summary>
/// The calls of a case with their results and times. Letters replace ids, so that a report can be published. Safe for concurrent
/// use.
/// </summary>
internal sealed class Transcript
{
    // A race makes thousands of calls; the last ones are those before it was noticed. Folded they are some lines.
    private const int MaxCalls = 600;

    // So many calls that differ in nothing but their times and ids become two lines and a count.
    private const int FoldedFrom = 4;
    private const int MaxLines = 80;

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
                var lines = Fold([.. _calls]);
                var left = lines.Count > MaxLines ? lines[^MaxLines..] : lines;
                var dropped = _dropped + lines.Count - left.Count;
                return dropped == 0 ? left : [$"({dropped} earlier calls)", .. left];
            }
        }
    }

    /// <param name="what">What is asked.</param>
    /// <param name="record">The record that is passed; it is described only if the transcript is read.</param>
    public TranscriptCall Begin(string what, SessionRecord? record = null)
    {
        var call = new TranscriptCall(_start, what, record, Race.Caller);
        lock (_lock)
        {
            _calls.Enqueue(call);
            if (_calls.Count > MaxCalls)
            {
                _calls.Dequeue();
                _dropped++;
            }
        }

        return call;
    }

    public void Note(string what) => Begin(what).End("");

    private static List<string> Fold(TranscriptCall[] calls)
    {
        var lines = new List<string>();
        for (var i = 0; i < calls.Length;)
        {
            var same = 1;
            while (i + same < calls.Length && calls[i + same].IsLike(calls[i]))
            {
                same++;
            }

            if (same < FoldedFrom)
            {
                lines.AddRange(calls.AsSpan(i, same).ToArray().Select(static call => call.ToString()));
            }
            else
            {
                lines.Add(calls[i].ToString());
                lines.Add($"             ({same - 2} more of the kind)");
                lines.Add(calls[i + same - 1].ToString());
            }

            i += same;
        }

        return lines;
    }

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

/// <summary>One call: what was asked, by which caller of a race, and what came of it.</summary>
internal sealed partial class TranscriptCall(long start, string what, SessionRecord? record, int? caller)
{
    private readonly TimeSpan _at = Stopwatch.GetElapsedTime(start);
    private TimeSpan _end;
    private volatile object? _result;

    private string What => record is null ? what : $"{what}, {Describe(record)}";

    private string? Result => _result is SessionRecord read ? Describe(read) : _result as string;

    /// <param name="result">What came of it: a text, or the record that was returned.</param>
    public void End(object result)
    {
        _end = Stopwatch.GetElapsedTime(start);
        _result = result;
    }

    public static string Describe(SessionRecord record) =>
        $"{Payloads.Describe(record.Payload)}, expires {(record.Expires is { } expires ? Text.Instant(expires) : "by default")}";

    /// <summary>Whether the two differ in nothing but times and ids.</summary>
    public bool IsLike(TranscriptCall other) =>
        !what.StartsWith('(') && Shape(What) == Shape(other.What) && Shape(Result ?? "") == Shape(other.Result ?? "");

    public override string ToString()
    {
        // Which calls of a race overlap is seen by their ends.
        var end = caller is not null && _result is not null ? $" until {_end.TotalMilliseconds:0.0} ms" : "";
        var result =
            Result is not { } text ? " → no result yet"
            : text.Length == 0 ? ""
            : $" → {text}";
        return $"{_at.TotalMilliseconds,8:0.0} ms  {(caller is { } number ? $"[caller {number}{end}] " : "")}{What}{result}";
    }

    private static string Shape(string text) => Varying().Replace(text, "#");

    // The letter of an id, an instant, a number of bytes.
    [GeneratedRegex(@"\b[A-Z]\d*\b|\d[\d:.TZ-]*")]
    private static partial Regex Varying();
}
