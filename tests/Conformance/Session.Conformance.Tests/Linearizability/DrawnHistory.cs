using System.Globalization;
using System.Text.RegularExpressions;
using ServerSessions.Payload;

namespace ServerSessions.Conformance.Tests.Linearizability;

/// <summary>
/// One call of a history that is made by hand. It lasts from one column to another; without an end its outcome is unknown.
/// </summary>
/// <param name="Caller">The caller.</param>
/// <param name="Act">set, get, destroy, touch, gat (get and touch), try (try-set), pass (the clock moves).</param>
/// <param name="Content">What is written or read; 0: absent.</param>
/// <param name="Minutes">The expiry that is written or read, in minutes from the start; of a pass how far the clock moves.</param>
/// <param name="Result">+ or - of a touch, the result of a try-set.</param>
/// <param name="Expected">What a try-set expects; 0: absence.</param>
/// <param name="Start">The first column.</param>
/// <param name="End">The last column.</param>
internal sealed record DrawnCall(string Caller, string Act, int Content, int Minutes, string Result, int Expected, int Start, int? End)
{
    public bool IsThere => Result == "+";

    public ConditionalSetResult ToTrySetResult() => Enum.Parse<ConditionalSetResult>(Result, ignoreCase: true);
}

/// <summary>Histories that are drawn: a line for each caller, and a bar for each call.</summary>
internal static partial class DrawnHistory
{
    private const string Sid = "drawn";

    public static HistoryVerdict Judge(string drawing) => Judge([.. Parse(drawing)]);

    /// <summary>Makes the calls on a store that returns what was drawn, when it was drawn.</summary>
    public static HistoryVerdict Judge(IReadOnlyList<DrawnCall> calls, Func<SessionHistoryOptions, SessionHistoryOptions>? with = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var start = clock.GetUtcNow();
        var options = new SessionHistoryOptions { Clock = clock };
        var history = new SessionHistory(with?.Invoke(options) ?? options);
        var events = calls
            .Select(static call => (At: call.Start, IsEnd: false, Call: call))
            .Concat(calls.Select(static call => (At: call.End ?? int.MaxValue, IsEnd: true, Call: call)))
            .OrderBy(static one => one.At)
            .ThenBy(static one => one.IsEnd);
        var running = new Dictionary<DrawnCall, (ScriptedStore Store, Task Task)>();
        foreach (var (_, isEnd, call) in events)
        {
            if (call.Act == "pass")
            {
                clock.Advance(isEnd ? TimeSpan.Zero : TimeSpan.FromMinutes(call.Minutes));
            }
            else if (!isEnd)
            {
                var store = new ScriptedStore(call, start);
                running.Add(call, (store, BeginAsync(history.Caller(store, call.Caller), call, start)));
            }
            else
            {
                running[call].Store.End(fails: call.End is null);
                Assert.True(running[call].Task.IsCompleted);
            }
        }

        return history.Judge();
    }

    public static SessionRecord Record(int content, int minutes, DateTimeOffset start)
    {
        var document = new SessionDocument("{}"u8.ToArray());
        document.SetJson("n", System.Text.Encoding.UTF8.GetBytes(content.ToString(CultureInfo.InvariantCulture)));
        return SessionRecord.TakeOwnership(document.ToPayload(), start + TimeSpan.FromMinutes(minutes));
    }

    private static async Task BeginAsync(HistoryCaller caller, DrawnCall call, DateTimeOffset start)
    {
        var record = Record(call.Content, call.Minutes, start);
        try
        {
            await (
                call.Act switch
                {
                    "set" => caller.SetAsync(Sid, record),
                    "destroy" => caller.DestroyAsync(Sid),
                    "touch" => caller.TouchAsync(Sid, record),
                    "gat" => caller.GetAndTouchAsync(Sid, new SessionTouchPlan { Expires = record.Expires }),
                    "try" => caller.TrySetAsync(Sid, record, call.Expected == 0 ? null : Record(call.Expected, 60, start)),
                    _ => (Task)caller.GetAsync(Sid),
                }
            );
        }
        catch (SessionStoreException)
        {
            // The outcome is unknown.
        }
    }

    private static IEnumerable<DrawnCall> Parse(string drawing) =>
        from line in drawing.Split('\n')
        where line.Trim().Length > 0
        let caller = line.TrimStart()[..1]
        from Match match in Bar().Matches(line)
        let words = match.Groups["text"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select Of(caller, words, match.Index, match.Value.EndsWith('>') ? null : match.Index + match.Length - 1);

    /// <summary>
    /// <c>set 1</c>, <c>set 1/90</c>, <c>get 0</c>, <c>touch +/90</c>, <c>gat 1/90</c>, <c>try 2 after 1 stored</c>, <c>pass 10</c>.
    /// </summary>
    private static DrawnCall Of(string caller, string[] words, int start, int? end)
    {
        var first = words.ElementAtOrDefault(1)?.Split('/') ?? ["0"];
        var minutes = first.Length > 1 ? Number(first[1]) : 60;
        return words[0] switch
        {
            "pass" => new DrawnCall(caller, "pass", 0, Number(first[0]), "", 0, start, end),
            "touch" => new DrawnCall(caller, "touch", 99, minutes, first[0] == "no" ? "" : "+", 0, start, end),
            "try" => new DrawnCall(caller, "try", Number(first[0]), minutes, words[4], Number(words[3]), start, end),
            _ => new DrawnCall(caller, words[0], Number(first[0]), minutes, words.Contains("kept") ? "" : "+", 0, start, end),
        };
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\[(?<text>[^\]>]*)[\]>]")]
    private static partial Regex Bar();

    /// <summary>A store for one call, which ends when it is told to.</summary>
    private sealed class ScriptedStore(DrawnCall call, DateTimeOffset start)
        : IGetAndTouchSessionStore,
            IConditionalSessionStore
    {
        private readonly TaskCompletionSource _ended = new();

        public bool IsTouchCheap => true;

        private SessionRecord? Read => call.Content == 0 ? null : Record(call.Content, call.Minutes, start);

        public void End(bool fails)
        {
            if (fails)
            {
                _ended.SetException(new SessionStoreUnavailableException("Lost.", SessionStoreOperation.Get, "Scripted"));
            }
            else
            {
                _ended.SetResult();
            }
        }

        public async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            await _ended.Task;
            return Read;
        }

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) => new(_ended.Task);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) => new(_ended.Task);

        public async ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            await _ended.Task;
            return call.IsThere;
        }

        public async ValueTask<GetAndTouchResult> GetAndTouchAsync(
            string sid,
            SessionTouchPlan plan,
            CancellationToken cancellationToken = default
        )
        {
            await _ended.Task;
            return new GetAndTouchResult { Record = Read, IsTouched = Read is not null && call.IsThere };
        }

        public async ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        )
        {
            await _ended.Task;
            return call.ToTrySetResult();
        }
    }
}
