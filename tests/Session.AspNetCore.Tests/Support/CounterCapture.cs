using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests;

/// <summary>
/// What the instruments of one application have measured, by name, and with which tags, which stand without their prefix. By default those
/// that tell of failures.
/// </summary>
internal sealed class CounterCapture : IDisposable
{
    private static readonly string[] Failures =
    [
        ServerSessionMetricNames.StoreFailures,
        ServerSessionMetricNames.WriteConflicts,
        ServerSessionMetricNames.WriteDropped,
        ServerSessionMetricNames.LoadRefused,
    ];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, string Value, string Tags)> _counted = new();

    public CounterCapture(TestApp app, params string[] names)
        : this(app.Services, names) { }

    public CounterCapture(IServiceProvider services, params string[] names)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        string[] wanted = names.Length == 0 ? Failures : names;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (
                ReferenceEquals(instrument.Meter.Scope, meters)
                && instrument.Meter.Name == ServerSessionTelemetry.MeterName
                && wanted.Contains(instrument.Name)
            )
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, $"{value}", tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, $"{value:0.0}", tags));
        _listener.Start();
    }

    /// <summary>Every measurement as <c>name value tags</c>, in order.</summary>
    public IEnumerable<string> Lines => _counted.Select(static counted => $"{counted.Name} {counted.Value} {counted.Tags}".TrimEnd());

    public void Forget() => _counted.Clear();

    /// <summary>Measures what is observed only if someone asks.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _counted.Enqueue(
            (
                instrument.Name,
                value,
                string.Join(' ', tags.ToArray().Select(static tag => $"{Short(tag.Key)}={tag.Value}"))
            )
        );

    private static string Short(string key) => key.Replace("server_session.", "", StringComparison.Ordinal);
}
