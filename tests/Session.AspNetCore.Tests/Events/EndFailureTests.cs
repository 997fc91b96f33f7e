using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests.Events;

/// <summary>An end that fails is told, because the session may be live.</summary>
public sealed class EndFailureTests
{
    [Theory]
    [InlineData("/destroy")]
    [InlineData("/regenerate")]
    [InlineData("/unset")]
    public async Task An_end_that_the_store_has_not_acknowledged_is_told_and_counted_as_failed(string path)
    {
        using var store = new RecordingStore();
        await using var app = await EventSite.StartAsync(store, static options => options.Unset = SessionUnset.Destroy);
        using var begin = await app.GetAsync("/write");
        app.Events().Forget();
        using var counters = new CounterCapture(app, ServerSessionMetricNames.EndFailures, ServerSessionMetricNames.Ends);
        store.Before = static call => call == "destroy" ? throw Away() : Task.CompletedTask;

        using var response = await app.GetAsync(path, begin.Cookie());

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal(["end failed: Destroyed"], app.Events().Lines);
        Assert.Equal(
            ["server_session.end.failures 1 backend=Recording end.reason=destroyed error.type=SessionStoreException"],
            counters.Lines
        );
    }

    [Fact]
    public async Task The_log_has_an_error_for_it_and_the_audit_trail_a_line()
    {
        using var store = new RecordingStore();
        await using var app = await EventSite.StartAsync(
            store,
            sessions: static builder => builder.AddLoggedEvents().AddAuditedEvents()
        );
        using var begin = await app.GetAsync("/write");
        store.Before = static call => call == "destroy" ? throw Away() : Task.CompletedTask;
        using var response = await app.GetAsync("/destroy", begin.Cookie());

        var line = Assert.Single(app.Logs.Lines, static line => line.Event.Name == "SessionEndFailed");
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Error, line.Level);
        Assert.Single(app.Logs.Lines, static line => line.Text.StartsWith("session_end_fail (Destroyed)", StringComparison.Ordinal));
    }

    private static SessionStoreException Away() => new("down", SessionStoreOperation.Destroy, "Recording", isTransient: true);
}
