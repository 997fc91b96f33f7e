using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// Each thing that a request does with its session, again and again: the first call of the store fails, then the second, until there is
/// none left to fail (T12, F30).
/// </summary>
public sealed class NthFaultTests(Fleet fleet, ITestOutputHelper output)
{
    // More calls than any request makes.
    private const int TooMany = 50;

    // Without comparing, stores are asked for less than with it: in a small run two of them are enough.
    private static readonly string[] WithoutMerge = Scale.IsLong ? StorePlace.Backends : ["memory", "sqlite"];

    public static TheoryData<string, SessionParallelWrites> Stores =>
        [
            .. StorePlace
                .Backends.Select(static backend => (Backend: backend, Writes: SessionParallelWrites.Merge))
                .Concat(WithoutMerge.Select(static backend => (Backend: backend, Writes: SessionParallelWrites.LastWriteWins)))
                .Select(static store =>
                    new TheoryDataRow<string, SessionParallelWrites>(store.Backend, store.Writes).WithTrait("backend", store.Backend)
                ),
        ];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Whichever_call_fails_and_however_what_was_acknowledged_is_so_and_what_failed_can_be_done_again(
        string backend,
        SessionParallelWrites writes
    )
    {
        await using var bench = await FaultBench.StartAsync(await fleet.Places.NewAsync(backend), writes);
        var total = 0;
        foreach (var scenario in FaultScenarios.All.Where(scenario => !scenario.NeedsMerge || writes == SessionParallelWrites.Merge))
        {
            bench.Scenario = scenario;
            var (faults, failures) = (0, 0);
            foreach (var fault in (StoreFault[])[StoreFault.Fails, StoreFault.LosesReply, StoreFault.Hangs])
            {
                var call = 0;
                do
                {
                    Assert.InRange(++call, 1, TooMany);
                    failures += await IsFailureAsync(bench, call, fault) ? 1 : 0;
                } while (bench.HasFailed);
                faults += call - 1;
            }

            total += faults;
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{backend}, {writes}, {scenario.Name}: {faults} faults, {failures} requests failed"
                )
            );
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{backend}, {writes}: {total} faults"));
    }

    /// <summary>One request, and another like it where it failed; tells whether it did.</summary>
    private static async Task<bool> IsFailureAsync(FaultBench bench, int call, StoreFault fault)
    {
        var (scenario, where) = (bench.Scenario, $"{bench.Scenario.Name}, call {call}, {fault}");
        var cookie = await bench.BeginAsync();
        bench.FailAt(call, fault);
        var answer = await bench.SendAsync(cookie);
        if (answer?.Status == scenario.Status && (answer is { Status: 200 } || !bench.HasFailed))
        {
            await IsSoAsync(bench, answer, cookie, where);
            Assert.True(
                bench.HasFailed || await bench.CountAsync() == (scenario.After is null ? 0 : 1),
                $"{where}: a copy, and nothing has failed"
            );
            return false;
        }

        Assert.True(bench.HasFailed, where);
        Assert.True(answer?.Status is null or 500 or 503, $"{where}: {answer?.Status}");
        Assert.True(answer?.Cookie is null || await bench.KeysAsync(answer.Cookie) is not null, $"{where}: a cookie of what is not stored");
        var left = await bench.KeysAsync(cookie);
        Assert.True(cookie is null || scenario.MayLeave(left), $"{where}: {left ?? "nothing"} is left");
        Assert.InRange(await bench.CountAsync(), 0, scenario.MayLeaveCopy ? 2 : 1);

        // That call has been made.
        var held = answer?.Cookie ?? cookie;
        var again = await bench.SendAsync(held);
        Assert.True(again?.Status == scenario.Status, $"{where}, again: {again?.Status}");
        if (cookie is null || left is not null)
        {
            await IsSoAsync(bench, again, held, $"{where}, again");
        }
        else
        {
            Assert.True(await bench.KeysAsync(cookie) is null, $"{where}, again: the old id is back");
        }

        return true;
    }

    /// <summary>What the client has been told is at rest.</summary>
    private static async Task IsSoAsync(FaultBench bench, Answer? answer, string? cookie, string where)
    {
        var isCleared =
            answer is not null
            && answer.SetCookies.Any(static set => set.StartsWith(SessionCookieOptions.DefaultName + "=;", StringComparison.Ordinal));
        var held = isCleared ? null : answer?.Cookie ?? cookie;
        var keys = await bench.KeysAsync(held);
        Assert.True(keys == bench.Scenario.After, $"{where}: {keys ?? "nothing"} in place of {bench.Scenario.After ?? "nothing"}");
        Assert.True(isCleared == (cookie is not null && bench.Scenario.ClearsCookie), $"{where}: the cookie");
        Assert.True(keys is null || await bench.IsRenewedAsync(held!) == bench.Scenario.Renews, $"{where}: its life");
        Assert.True(cookie is null || !bench.Scenario.EndsOldId || await bench.KeysAsync(cookie) is null, $"{where}: the old id lives");
    }
}
