namespace ServerSessions.Benchmarks.EndToEnd.Running;

/// <summary>
/// What one run measures. Set from the command line: <c>--seconds 1 --repeats 1 --backends Memory,Redis</c>. The first number of
/// connections with the first number of bytes is the main setting; every other number is measured with the main one of the other kind, for
/// half the time and once less.
/// </summary>
internal sealed class RunOptions
{
    /// <summary>How long each measurement counts.</summary>
    public double Seconds { get; set; } = 2;

    /// <summary>How often each is made.</summary>
    public int Repeats { get; set; } = 3;

    /// <summary>Numbers of connections, with commas.</summary>
    public string Connections { get; set; } = "32,1,256";

    /// <summary>Bytes of text in each session, with commas.</summary>
    public string Payloads { get; set; } = "200,4096,65536";

    /// <summary>Backends, with commas.</summary>
    public string Backends { get; set; } = BackendNames.All;

    /// <summary>Where performance.md and performance.svg are written.</summary>
    public string Output { get; set; } = Repository.Docs;

    /// <summary>A sentence about the circumstances, for the page.</summary>
    public string Note { get; set; } = "";

    public Setting Main => new(CommandLine.Numbers(Connections)[0], CommandLine.Numbers(Payloads)[0]);

    /// <summary>The main setting with each number of connections, in order.</summary>
    public IReadOnlyList<Setting> ByConnections =>
        [.. CommandLine.Numbers(Connections).Order().Select(number => Main with { Connections = number })];

    /// <summary>The main setting with each number of bytes, in order.</summary>
    public IReadOnlyList<Setting> ByPayload =>
        [.. CommandLine.Numbers(Payloads).Order().Select(number => Main with { PayloadBytes = number })];

    public IEnumerable<Setting> Others => ByConnections.Concat(ByPayload).Where(setting => setting != Main);

    public double OtherSeconds => Seconds / 2;

    public int OtherRepeats => Math.Max(1, Repeats - 1);

    public IReadOnlyList<Backend> ChosenBackends => BackendNames.Parse(Backends);
}

/// <summary>How hard and with how much.</summary>
internal sealed record Setting(int Connections, int PayloadBytes)
{
    /// <summary>Two sessions a connection, and 64 at least.</summary>
    public int Sessions => Math.Max(64, 2 * Connections);
}
