using System.Diagnostics.Metrics;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>Calls of the store.</summary>
/// <param name="Reads">Reads.</param>
/// <param name="Writes">Attempts to store, those that met another one's write included.</param>
internal readonly record struct StoreCallNumbers(long Reads, long Writes)
{
    public static StoreCallNumbers operator +(StoreCallNumbers one, StoreCallNumbers other) =>
        new(one.Reads + other.Reads, one.Writes + other.Writes);

    public static StoreCallNumbers operator -(StoreCallNumbers one, StoreCallNumbers other) =>
        new(one.Reads - other.Reads, one.Writes - other.Writes);
}

/// <summary>Counts the calls of the store by this project's own metric, which then measures each: of a run that asks only.</summary>
internal sealed class StoreCallCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _reads;
    private long _writes;

    public StoreCallCount()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "ServerSessions", Name: "server_session.store.operation.duration" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>(OnCall);
        _listener.Start();
    }

    public StoreCallNumbers Numbers => new(Interlocked.Read(ref _reads), Interlocked.Read(ref _writes));

    public void Dispose() => _listener.Dispose();

    private void OnCall(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (var tag in tags)
        {
            if (tag is { Key: "server_session.operation", Value: var operation })
            {
                Interlocked.Increment(ref operation is "get" ? ref _reads : ref _writes);
            }
        }
    }
}
