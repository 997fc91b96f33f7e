using System.Diagnostics;
using ServerSessions.Tests.Events;

namespace ServerSessions.Tests.Telemetry;

/// <summary>What is measured of loads, commits and calls of the store.</summary>
public sealed class DurationTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Loads_commits_and_calls_have_durations_with_outcome_decision_and_operation()
    {
        using var store = new RecordingStore(_clock);
        await using var app = await EventSite.StartAsync(store, time: _clock);
        using var begin = await app.GetAsync("/write");
        using var counters = new CounterCapture(
            app,
            ServerSessionMetricNames.LoadDuration,
            ServerSessionMetricNames.CommitDuration,
            ServerSessionMetricNames.StoreOperationDuration,
            ServerSessionMetricNames.WriteAttempts
        );
        store.Before = _ =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            return Task.CompletedTask;
        };

        using var change = await app.GetAsync("/write", begin.Cookie());
        using var end = await app.GetAsync("/destroy", begin.Cookie());
        using var gone = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(
            [
                "server_session.store.operation.duration 0.1 backend=Recording operation=get",
                "server_session.load.duration 0.1 backend=Recording outcome=found",
                "server_session.store.operation.duration 0.1 backend=Recording operation=try_set",
                "server_session.write.attempts 1 backend=Recording",
                "server_session.commit.duration 0.1 backend=Recording decision=save",
                "server_session.store.operation.duration 0.1 backend=Recording operation=get",
                "server_session.load.duration 0.1 backend=Recording outcome=found",
                "server_session.store.operation.duration 0.1 backend=Recording operation=try_set",
                "server_session.store.operation.duration 0.1 backend=Recording operation=get",
                "server_session.load.duration 0.1 backend=Recording outcome=absent",
            ],
            counters.Lines
        );
    }

    [Fact]
    public async Task A_failure_has_the_name_of_an_exception_of_this_library_or_OTHER()
    {
        using var store = new RecordingStore(_clock);
        await using var app = await EventSite.StartAsync(store, time: _clock);
        using var begin = await app.GetAsync("/write");
        using var counters = new CounterCapture(app, ServerSessionMetricNames.StoreOperationDuration);
        store.Before = static _ => throw new IOException("the driver's own");
        using var failed = await app.GetAsync("/read", begin.Cookie());
        store.Before = static _ => throw new SessionStoreUnavailableException("away", SessionStoreOperation.Get, "Recording");
        using var away = await app.GetAsync("/read", begin.Cookie());

        Assert.Equal(
            [
                "server_session.store.operation.duration 0.0 backend=Recording operation=get error.type=SessionStoreException",
                "server_session.store.operation.duration 0.0 backend=Recording operation=get error.type=SessionStoreUnavailableException",
            ],
            counters.Lines
        );
    }

    [Fact]
    public async Task A_request_has_a_span_for_its_load_and_one_for_its_commit_and_the_calls_are_within_them()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var root = new ActivitySource("DurationTests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("ServerSessions", StringComparison.Ordinal) || source == root,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await EventSite.StartAsync();
        using var begin = await app.GetAsync("/write");
        using var client = app.NewClient();
        using var test = root.StartActivity("test")!;
        client.DefaultRequestHeaders.Add("traceparent", test.Id);
        using var change = await app.GetAsync("/write", begin.Cookie(), client);

        var own = spans.Where(span => span.TraceId == test.TraceId).ToArray();
        Assert.Equal(
            [
                "server_session.store.get in server_session.load",
                "server_session.load in Microsoft.AspNetCore.Hosting.HttpRequestIn",
                "server_session.store.try_set in server_session.commit",
                "server_session.commit in Microsoft.AspNetCore.Hosting.HttpRequestIn",
            ],
            own.Select(static span => $"{span.OperationName} in {span.Parent?.OperationName}")
        );
        Assert.All(own, static span => Assert.Equal(ActivityKind.Internal, span.Kind));
        Assert.Equal(
            "server_session.attempts=1 server_session.backend=Memory server_session.decision=save",
            string.Join(' ', own[3].TagObjects.Select(static tag => $"{tag.Key}={tag.Value}").Order())
        );
    }
}
