namespace ServerSessions.Benchmarks.EndToEnd.Running;

/// <summary>
/// What one run measures. Set from the command line: <c>--seconds 1 --repeats 1 --backends Memory,Redis</c>. The first number of
/// connections with the first number of bytes is the main setting of all backends, and with each other number of bytes that of some.
/// Everything else is an axis: measured on some backends, for half the time and once less.
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

    /// <summary>Milliseconds that a round trip to a backend takes longer, as one more axis. 0: not measured.</summary>
    public double Delay { get; set; } = OperatingSystem.IsWindows() ? 0 : 0.5;

    /// <summary>Backends, with commas.</summary>
    public string Backends { get; set; } = BackendNames.All;

    /// <summary>Those that have a main table for each number of bytes.</summary>
    public string Sized { get; set; } = "Redis,Valkey";

    /// <summary>Those that are measured along the axes, and with all connections on one session.</summary>
    public string Axes { get; set; } = "Memory,Redis,Postgres";

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

    /// <summary>One connection and the main number of them, each without and with the delay.</summary>
    public IReadOnlyList<Setting> ByDelay =>
        Delay == 0
            ? [Main]
            : [.. ByConnections.Where(setting => setting.Connections <= Main.Connections).SelectMany(WithAndWithoutDelay)];

    public double OtherSeconds => Seconds / 2;

    public int OtherRepeats => Math.Max(1, Repeats - 1);

    public IReadOnlyList<Backend> ChosenBackends => BackendNames.Parse(Backends);

    public IReadOnlyList<Backend> SizedBackends => [.. ChosenBackends.Intersect(BackendNames.Parse(Sized))];

    public IReadOnlyList<Backend> AxisBackends => [.. ChosenBackends.Intersect(BackendNames.Parse(Axes))];

    private IEnumerable<Setting> WithAndWithoutDelay(Setting setting) => [setting, setting with { Delay = Delay }];
}

/// <summary>How hard, with how much, and how far from the backend.</summary>
/// <param name="Delay">Milliseconds that a round trip to the backend takes longer.</param>
internal sealed record Setting(int Connections, int PayloadBytes, double Delay = 0)
{
    /// <summary>Two sessions a connection, and 64 at least.</summary>
    public int Sessions => Math.Max(64, 2 * Connections);
}
