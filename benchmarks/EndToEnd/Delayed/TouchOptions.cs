namespace ServerSessions.Benchmarks.EndToEnd.Delayed;

/// <summary>What a run of <c>--touch-on-read</c> measures.</summary>
internal sealed class TouchOptions
{
    /// <summary>How long each measurement counts.</summary>
    public double Seconds { get; set; } = 3;

    /// <summary>How often each is made.</summary>
    public int Repeats { get; set; } = 3;

    /// <summary>What each round trip to a backend takes longer, in milliseconds. 0: the proxies are left out.</summary>
    public double Delay { get; set; } = 1;

    /// <summary>Numbers of connections, with commas.</summary>
    public string Connections { get; set; } = "1,16";

    /// <summary>Bytes of text in each session.</summary>
    public int Payload { get; set; } = 200;

    /// <summary>Backends, with commas.</summary>
    public string Backends { get; set; } = "Redis,Postgres,Mongo";

    /// <summary>Whether PostgreSQL waits for its disk at each commit.</summary>
    public bool Flush { get; set; }

    public TimeSpan DelayTime => TimeSpan.FromMilliseconds(Delay);
}
