using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ServerSessions.Stores.MySql.Tests;

/// <summary>What the driver tells tracing and metrics of the store's connections.</summary>
public sealed class TelemetryTests
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

        await using var store = new MySqlSessionStore(
            new MySqlSessionStoreOptions
            {
                ConnectionString =
                    "Server=127.0.0.1;Port=1;Database=app;User ID=app;Password=CANARY-1;Persist Security Info=true;"
                    + "Application Name=telemetry-test",
            }
        );
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () =>
            await store.GetAsync("CANARY-4", TestContext.Current.CancellationToken)
        );
        meters.RecordObservableInstruments();

        Assert.Contains(told, static text => text.Contains("telemetry-test", StringComparison.Ordinal));
        Assert.DoesNotContain(told, static text => text.Contains("CANARY", StringComparison.Ordinal));

        void Tell(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (key, value) in tags)
            {
                told.Enqueue($"{name} {key}={value}");
            }
        }
    }
}
