namespace ServerSessions.Benchmarks.EndToEnd.Load;

/// <summary>One measurement that is asked for: a line of JSON to the load process.</summary>
/// <param name="Ports">Where the servers listen. Connections take them in turn.</param>
internal sealed record LoadRequest(
    int[] Ports,
    RequestKind Kind,
    int Connections,
    int Sessions,
    int PayloadBytes,
    double WarmUpSeconds,
    double Seconds
);

/// <summary>What it gave: a line of JSON back.</summary>
/// <param name="RequestsPerSecond">Responses with status 200 and the whole body, over the measured time.</param>
/// <param name="P50">The median latency in milliseconds.</param>
/// <param name="P99">The latency that one response in a hundred is slower than, in milliseconds.</param>
/// <param name="Errors">Responses with another status, and connections that ended.</param>
/// <param name="FirstError">What the first of them was.</param>
/// <param name="Answers">All responses, those that make the sessions and those of the warm-up included.</param>
internal sealed record LoadResult(double RequestsPerSecond, double P50, double P99, int Errors, string? FirstError, long Answers)
{
    /// <summary>Processor time of the server for one response, in microseconds; the process that starts both adds it.</summary>
    public double ServerMicroseconds { get; init; }
}
