using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ServerSessions.Stores.Testing.Secrets;

/// <summary>What the driver tells tracing and metrics of the store's connections.</summary>
/// <param name="named">What is told of a store whose application is called telemetry-test.</param>
public abstract class DriverTelemetryTests(params string[] named)
{
    [Fact]
    public async Task No_secret_of_the_connection_string_is_in_the_drivers_metrics_and_activities()
    {
        var told = new ConcurrentQueue<string>();
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument),
        };
        meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Tell(instrument.Name, tags));
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Tell(instrument.Name, tags));
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Tell(instrument.Name, tags));
        meters.Start();
        using var activities = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
                Tell(
                    $"{activity.DisplayName} {activity.StatusDescription}",
                    [.. activity.TagObjects, .. activity.Events.SelectMany(static happened => happened.Tags)]
                ),
        };
        ActivitySource.AddActivityListener(activities);

        await using (var store = NewStore("CANARY"))
        {
            await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
                await ((ISessionStore)store).GetAsync("CANARY-id", TestContext.Current.CancellationToken)
            );
            meters.RecordObservableInstruments();
        }

        Assert.All(named, name => Assert.Contains(told, text => text.Contains(name, StringComparison.Ordinal)));
        Assert.DoesNotContain(told, static text => text.Contains("CANARY", StringComparison.Ordinal));

        void Tell(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (key, value) in tags)
            {
                told.Enqueue($"{name} {key}={value}");
            }
        }
    }

    /// <summary>
    /// A store at port 1 of 127.0.0.1, of the application telemetry-test. Every secret of its connection string begins with that word.
    /// </summary>
    protected abstract IAsyncDisposable NewStore(string secret);
}
