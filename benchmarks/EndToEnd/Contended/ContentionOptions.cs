namespace ServerSessions.Benchmarks.EndToEnd.Contended;

/// <summary>What a run of <c>--contention</c> measures.</summary>
internal sealed class ContentionOptions
{
    /// <summary>How long each measurement counts.</summary>
    public double Seconds { get; set; } = 2;

    /// <summary>How often each is made.</summary>
    public int Repeats { get; set; } = 3;

    /// <summary>Numbers of connections, which all write to one session, with commas.</summary>
    public string Connections { get; set; } = "1,32,256";

    /// <summary>Numbers of processes that serve the session, with commas. The memory store has one.</summary>
    public string Processes { get; set; } = "1,3";

    /// <summary>Bytes of text in the session.</summary>
    public int Payload { get; set; } = 200;

    /// <summary>Backends, with commas.</summary>
    public string Backends { get; set; } = BackendNames.All;
}
