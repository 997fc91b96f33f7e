using System.Diagnostics;
using StackExchange.Redis.Availability;

namespace ServerSessions.Stores.Redis.Engine;

/// <summary>
/// Gives a connection up that has answered nothing for as long as a call waits, while a call did wait. The driver by itself does so after
/// four times as long, which is how long a network that lost bytes for a moment would be felt.
/// </summary>
internal sealed class SilenceBreaker(TimeSpan timeout) : CircuitBreaker
{
    /// <inheritdoc/>
    public override Accumulator CreateAccumulator() => new Silence(timeout);

    private sealed class Silence(TimeSpan timeout) : Accumulator
    {
        private long _answered = Stopwatch.GetTimestamp();

        /// <inheritdoc/>
        public override void ObserveResult(in FaultContext fault)
        {
            if (!fault.IsFault)
            {
                Volatile.Write(ref _answered, Stopwatch.GetTimestamp());
            }
        }

        /// <inheritdoc/>
        public override bool IsHealthy() => Stopwatch.GetElapsedTime(Volatile.Read(ref _answered)) < timeout;

        /// <inheritdoc/>
        public override void Reset() => Volatile.Write(ref _answered, Stopwatch.GetTimestamp());

        /// <summary>An error is an answer too, and a call that was given up by its caller tells nothing.</summary>
        protected override bool IsFailure(in FaultContext fault) => fault.Fault is TimeoutException;
    }
}
