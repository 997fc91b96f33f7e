using System.Collections.Concurrent;
using System.Diagnostics;

namespace ServerSessions.Stores.Moving.Tests;

/// <summary>The spans of a move: one for each session that a read carries, and one for each drain.</summary>
public sealed class SpanTests : MoveTest
{
    [Fact]
    public async Task A_session_that_a_read_carries_has_a_span_and_one_that_stays_has_none()
    {
        await Old.Inner.SetAsync("sid", Record("a"), Cancel);
        await Old.Inner.SetAsync("other", Record("b"), Cancel);
        var spans = await SpansAsync(async () =>
        {
            await Instance(SessionMoveMode.Stay).GetAsync("sid", Cancel);
            await Instance(SessionMoveMode.CarryToNew).GetAsync("sid", Cancel);
            await Instance(SessionMoveMode.CarryToNew).GetAsync("sid", Cancel);
            New.Inject(StoreFault.Fails, SessionStoreOperation.TrySet);
            await Instance(SessionMoveMode.CarryToNew).GetAsync("other", Cancel);
        });

        Assert.Equal(
            [
                $"{ServerSessionActivityNames.MoveCarry} backend=Memory+Memory move.direction=to_new count=1",
                $"{ServerSessionActivityNames.MoveCarry} backend=Memory+Memory move.direction=to_new "
                    + "error.type=SessionStoreUnavailableException Error",
            ],
            spans
        );
    }

    [Fact]
    public async Task A_drain_has_one_span_for_all_its_sessions()
    {
        await New.Inner.SetAsync("a", Record("a"), Cancel);
        await New.Inner.SetAsync("b", Record("b"), Cancel);
        var spans = await SpansAsync(async () =>
        {
            await StoreMove.DrainAsync(Instance(SessionMoveMode.CarryToOld), cancellationToken: Cancel);
            New.Inject(StoreFault.Fails, SessionStoreOperation.All);
            await Assert.ThrowsAnyAsync<SessionStoreException>(() =>
                StoreMove.DrainAsync(Instance(SessionMoveMode.CarryToOld), cancellationToken: Cancel)
            );
        });

        Assert.Equal(
            [
                $"{ServerSessionActivityNames.MoveDrain} backend=Memory+Memory move.direction=to_old count=2",
                $"{ServerSessionActivityNames.MoveDrain} backend=Memory+Memory move.direction=to_old count=0 "
                    + "error.type=SessionStoreUnavailableException Error",
            ],
            spans
        );
    }

    private static async Task<string[]> SpansAsync(Func<Task> act)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var root = new ActivitySource("SpanTests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == root || source.Name == ServerSessionTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var test = root.StartActivity("test")!;
        await act();
        return
        [
            .. spans
                .Where(span => span.TraceId == test.TraceId)
                .Select(static span =>
                {
                    var tags = span.TagObjects.Select(static tag =>
                        $" {tag.Key.Replace("server_session.", "", StringComparison.Ordinal)}={tag.Value}"
                    );
                    return $"{span.OperationName}{string.Concat(tags)}{(span.Status == ActivityStatusCode.Error ? " Error" : "")}";
                }),
        ];
    }
}
