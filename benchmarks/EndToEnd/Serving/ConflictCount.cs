using System.Diagnostics.Metrics;

namespace ServerSessions.Benchmarks.EndToEnd.Serving;

/// <summary>Counts writes of this project that met another request's and were made again, by its own metric.</summary>
internal sealed class ConflictCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _total;

    public ConflictCount()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "ServerSessions", Name: "server_session.write.conflicts" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, number, _, _) => Interlocked.Add(ref _total, number));
        _listener.Start();
    }

    public long Total => Interlocked.Read(ref _total);

    public void Dispose() => _listener.Dispose();
}
