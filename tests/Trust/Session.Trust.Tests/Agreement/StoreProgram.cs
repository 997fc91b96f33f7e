using System.Globalization;
using System.Text;

namespace ServerSessions.Trust.Tests.Agreement;

/// <summary>
/// Calls of a store in an order that a seed decides, on a few sessions, and what each of them shows: the same calls on another store show
/// the same. Lives are apart by hours and counted in them, or over at once, so that the clock decides nothing.
/// </summary>
internal sealed class StoreProgram(int seed)
{
    private const int Calls = 14;

    private static readonly string[] Sids = ["a", "A", "b", "\u00e9 \ud83d\ude00"];
    private static readonly string[] Values = ["1", "2", "\\u0000", "\u00e9"];

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, SessionRecord?> _read = new(StringComparer.Ordinal);
    private readonly StringBuilder _shown = new();

    /// <summary>Runs it on a store, which it empties first; one line a call.</summary>
    public async Task<string> RunAsync(ISessionStore store, CancellationToken cancellationToken)
    {
        await ((IEnumerableSessionStore)store).ClearAsync(cancellationToken);
        for (var call = 0; call < Calls; call++)
        {
            await CallAsync(store, Sids[_random.Next(Sids.Length)], call, cancellationToken);
        }

        await ListAsync((IEnumerableSessionStore)store, cancellationToken);
        return _shown.ToString();
    }

    private async Task CallAsync(ISessionStore store, string sid, int number, CancellationToken cancel)
    {
        // Drawn in any case, so that what follows does not depend on what a call shows.
        var (call, record) = (_random.Next(11), Record(number));
        switch (call)
        {
            case 0 or 1 or 2:
                await store.SetAsync(sid, record, cancel);
                Show($"set {sid} {Text(record)}");
                break;
            case 3:
                await store.DestroyAsync(sid, cancel);
                Show($"destroy {sid}");
                break;
            case 4:
                Show($"touch {sid} {Text(record)}: {await ((ITouchableSessionStore)store).TouchAsync(sid, record, cancel)}");
                break;
            case 5 or 6:
                var expected = _read.GetValueOrDefault(sid);
                Show(
                    $"try-set {sid} {Text(record)} for {Text(expected)}: "
                        + $"{await ((IConditionalSessionStore)store).TrySetAsync(sid, record, expected, cancel)}"
                );
                break;
            case 7:
                var prefix = (_read.GetValueOrDefault(sid) ?? record).Payload;
                var touched = await GetAndTouchAsync(
                    store,
                    sid,
                    new SessionTouchPlan { Prefix = prefix, Expires = record.Expires },
                    cancel
                );
                Show(
                    $"get and touch {sid} {Encoding.UTF8.GetString(prefix.Span)} {Text(record)}: {Text(touched.Record)} {touched.IsTouched}"
                );
                break;
            case 8:
                await ListAsync((IEnumerableSessionStore)store, cancel);
                break;
            default:
                var found = await store.GetAsync(sid, cancel);
                _read[sid] = found;
                Show($"get {sid}: {Text(found)}");
                break;
        }
    }

    private async Task ListAsync(IEnumerableSessionStore store, CancellationToken cancel)
    {
        var all = new List<string>();
        await foreach (var entry in store.AllAsync(cancel))
        {
            all.Add($"{entry.Sid} {Text(entry.Record)}");
        }

        all.Sort(StringComparer.Ordinal);
        Show($"all {await store.LengthAsync(cancel)}: {string.Join(" | ", all)}");
    }

    /// <summary>One call where the store has it, else those that it stands for.</summary>
    private static async Task<GetAndTouchResult> GetAndTouchAsync(
        ISessionStore store,
        string sid,
        SessionTouchPlan plan,
        CancellationToken cancel
    )
    {
        if (store is IGetAndTouchSessionStore atOnce)
        {
            return await atOnce.GetAndTouchAsync(sid, plan, cancel);
        }

        var found = await store.GetAsync(sid, cancel);
        if (found is null || !found.Payload.Span.StartsWith(plan.Prefix.Span))
        {
            return new GetAndTouchResult { Record = found };
        }

        await ((ITouchableSessionStore)store).TouchAsync(sid, new SessionRecord(found.Payload.Span, plan.Expires), cancel);
        var touched = await store.GetAsync(sid, cancel);
        return new GetAndTouchResult { Record = touched, IsTouched = touched is not null };
    }

    /// <summary>Of no two calls alike: whether the same content stored again is a change is the store's to say.</summary>
    private SessionRecord Record(int number)
    {
        var payload = $$$"""{"cookie":{},"value":"{{{Values[_random.Next(Values.Length)]}}}","n":{{{number}}}}""";
        var hours = _random.Next(10);
        return new SessionRecord(
            Encoding.UTF8.GetBytes(payload),
            TimeProvider.System.GetUtcNow() + (hours == 0 ? TimeSpan.FromHours(-1) : TimeSpan.FromHours(hours))
        );
    }

    private static string Text(SessionRecord? record) =>
        record is null
            ? "none"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Encoding.UTF8.GetString(record.Payload.Span)} for "
                    + $"{Math.Round((record.Expires!.Value - TimeProvider.System.GetUtcNow()).TotalHours)} h"
            );

    private void Show(string line) => _shown.Append(line).Append('\n');
}
