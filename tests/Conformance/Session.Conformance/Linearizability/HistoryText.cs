using System.Globalization;
using System.Text;

namespace ServerSessions.Conformance;

/// <summary>Calls and states for a reader. Contents are numbers in the order in which they were written.</summary>
internal static class HistoryText
{
    // A reader compares no more at once; and a line has room for their starts and ends.
    private const int MostCalls = 20;
    private const int CallsBefore = 6;

    public static string Describe(HistoryCall call) => $"{What(call)} → {Result(call)}";

    public static string Describe(SessionState state, HistoryCall call) =>
        state.IsAbsent ? "absent"
        : state.Latest < call.Earliest.UtcTicks ? $"{Content(state.Content)}, which has expired"
        : Content(state.Content);

    /// <summary>The calls that matter, each with a bar from its start to its end.</summary>
    public static string Timeline(SessionCalls session, HistoryCall broken, IReadOnlyList<SessionState> states)
    {
        var calls = Choose(session, broken, states);
        var places = calls
            .SelectMany(static call => (int[])[call.Start, call.End])
            .Distinct()
            .Where(static at => at != HistoryCall.Never)
            .Order()
            .Select(static (at, place) => (at, place))
            .ToDictionary(static one => one.at, static one => one.place * 2);
        var width = (places.Count * 2) + 1;
        var names = calls.Max(static call => call.Caller.Length);
        var text = new StringBuilder();
        foreach (var call in calls)
        {
            var (start, end) = (places[call.Start], call.IsUnknown ? width - 1 : places[call.End]);
            var bar = "[" + new string('-', end - start - 1) + (call.IsUnknown ? ">" : "]");
            text.Append(call.Caller.PadRight(names))
                .Append("  ")
                .Append(new string(' ', start))
                .Append(bar.PadRight(width - start))
                .Append("  ")
                .Append(Describe(call))
                .Append(call == broken ? "   <- no order explains this" : "")
                .Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    private static List<HistoryCall> Choose(SessionCalls session, HistoryCall broken, IReadOnlyList<SessionState> states)
    {
        var earlier = session.Calls.Where(call => call.Start < broken.End && call != broken).ToList();
        List<int> contents = [.. states.Select(static state => state.Content).Append(broken.Read).Where(static content => content > 0)];
        HistoryCall?[] last =
        [
            earlier.LastOrDefault(static call => call.Kind == HistoryCallKind.Destroy),
            earlier.LastOrDefault(static call => call.Touched),
        ];
        var matter = earlier
            .Where(call => contents.Contains(call.Written))
            .Concat(last.OfType<HistoryCall>())
            .Concat(earlier.Where(call => call.End > broken.Start && !call.IsUnknown))
            .Concat(earlier.Where(static call => call.IsUnknown).TakeLast(CallsBefore))
            .Concat(earlier.Where(call => call.End < broken.Start).OrderBy(static call => call.End).TakeLast(CallsBefore))
            .Distinct()
            .Take(MostCalls - 1);
        return [.. matter.Append(broken).OrderBy(static call => call.Start)];
    }

    private static string What(HistoryCall call) =>
        call.Via
        ?? call.Kind switch
        {
            HistoryCallKind.Set => $"set {Content(call.Written)}{Until(call)}",
            HistoryCallKind.Destroy => "destroy",
            HistoryCallKind.Touch => $"touch{Until(call)}",
            HistoryCallKind.GetAndTouch => $"get and touch{(call.Prefix.IsEmpty ? "" : " if it begins so")}{Until(call)}",
            HistoryCallKind.TrySet => $"try-set {Content(call.Written)}{Until(call)}, expecting "
                + (call.Expected == HistoryContents.None ? "absence" : Content(call.Expected)),
            _ => "get",
        };

    private static string Until(HistoryCall call) =>
        call.Asked is { } asked
            ? asked - call.Earliest > TimeSpan.Zero
                ? $" for {Text.Span(asked - call.Earliest)[1..]}"
                : " to the past"
            : " by default";

    private static string Result(HistoryCall call) =>
        call.IsUnknown
            ? "unknown"
            : call.Kind switch
            {
                HistoryCallKind.Touch => call.Touched ? "there" : "absent",
                HistoryCallKind.TrySet => $"{call.Result}",
                HistoryCallKind.Get => Seen(call),
                HistoryCallKind.GetAndTouch => $"{Seen(call)}, {(call.Touched ? "touched" : "not touched")}",
                _ => "done",
            };

    private static string Seen(HistoryCall call) =>
        call.Read == HistoryContents.None
            ? "absent"
            : Content(call.Read)
                + (call.ReadExpires is { } expires ? $", expires {Text.Span(expires - call.Latest)}" : ", without an expiry");

    private static string Content(int number) =>
        number switch
        {
            HistoryContents.Foreign => "a content that no call wrote here",
            HistoryContents.OfTouch => "the content of a touch",
            _ => string.Create(CultureInfo.InvariantCulture, $"content {number}"),
        };
}
