using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tests;

/// <summary>What the counters of one application have counted, by name, and with which tags.</summary>
internal sealed class CounterCapture : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, long Value, string Tags)> _counted = new();

    public CounterCapture(TestApp app)
    {
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name == "ServerSessions")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
                _counted.Enqueue((instrument.Name, value, string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))))
        );
        _listener.Start();
    }

    /// <summary>Every measurement as <c>name value tags</c>, in order.</summary>
    public IEnumerable<string> Lines => _counted.Select(static counted => $"{counted.Name} {counted.Value} {counted.Tags}".TrimEnd());

    public void Forget() => _counted.Clear();

    public void Dispose() => _listener.Dispose();
}
