using System.Diagnostics;
using StackExchange.Redis.Availability;

namespace ServerSessions.Stores.Redis.Connection;

/// <summary>
/// Ends a connection without replies for as long as a call waits, while a call waited. The driver by itself waits four times as long: a
/// network that lost bytes for a moment would fail calls for that time.
/// </summary>
internal sealed class SilenceBreaker(TimeSpan timeout) : CircuitBreaker
{
    /// <inheritdoc/>
    public override Accumulator CreateAccumulator() => new Silence(timeout);

    private sealed class Silence(TimeSpan timeout) : Accumulator
    {
        private long _lastReply = Stopwatch.GetTimestamp();

        /// <inheritdoc/>
        public override void ObserveResult(in FaultContext fault)
        {
            if (!fault.IsFault)
            {
                Volatile.Write(ref _lastReply, Stopwatch.GetTimestamp());
            }
        }

        /// <inheritdoc/>
        public override bool IsHealthy() => Stopwatch.GetElapsedTime(Volatile.Read(ref _lastReply)) < timeout;

        /// <inheritdoc/>
        public override void Reset() => Volatile.Write(ref _lastReply, Stopwatch.GetTimestamp());

        /// <summary>An error is a reply too, and a call that its caller cancelled proves nothing.</summary>
        protected override bool IsFailure(in FaultContext fault) => fault.Fault is TimeoutException;
    }
}
