using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ServerSessions.Conformance;

/// <summary>
/// Listens to activities and metrics that are made below an activity of its own, and looks for texts that must not be in them. Other runs
/// in the process are not heard.
/// </summary>
internal sealed class TraceWatch : IDisposable
{
    private static readonly ActivitySource Source = new("Session.Conformance");

    private readonly string[] _secrets;
    private readonly ConcurrentDictionary<string, bool> _leaks = new(StringComparer.Ordinal);
    private readonly ActivityListener _activities;
    private readonly MeterListener _metrics = new();
    private readonly Activity? _root;

    public TraceWatch(string[] secrets)
    {
        _secrets = secrets;
        _activities = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = See,
        };
        ActivitySource.AddActivityListener(_activities);
        _metrics.InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _metrics.SetMeasurementEventCallback<long>((_, _, tags, _) => See(tags));
        _metrics.SetMeasurementEventCallback<int>((_, _, tags, _) => See(tags));
        _metrics.SetMeasurementEventCallback<double>((_, _, tags, _) => See(tags));
        _metrics.Start();
        _root = Source.StartActivity("case");
    }

    public IReadOnlyCollection<string> Leaks => [.. _leaks.Keys.Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        _root?.Dispose();
        _activities.Dispose();
        _metrics.Dispose();
    }

    private void See(Activity activity)
    {
        if (activity.TraceId != _root?.TraceId)
        {
            return;
        }

        Look($"{activity.DisplayName} {activity.OperationName} {activity.StatusDescription}", "the name or status of an activity");
        Look(activity.TagObjects, "a tag of an activity");
        foreach (var (key, value) in activity.Baggage)
        {
            Look($"{key} {value}", "the baggage of an activity");
        }

        foreach (var one in activity.Events)
        {
            Look(one.Name, "an event of an activity");
            Look(one.Tags, "an event of an activity");
        }
    }

    private void See(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // On the thread of the call, so its activity says whose it is.
        if (Activity.Current?.TraceId is { } trace && trace == _root?.TraceId)
        {
            Look(tags.ToArray(), "a tag of a metric");
        }
    }

    private void Look(IEnumerable<KeyValuePair<string, object?>> tags, string where)
    {
        foreach (var (key, value) in tags)
        {
            Look($"{key} {value}", where);
        }
    }

    private void Look(string? text, string where)
    {
        if (text is not null && _secrets.Any(secret => text.Contains(secret, StringComparison.Ordinal)))
        {
            _leaks.TryAdd($"{where} has a session id or a payload", true);
        }
    }
}
