namespace ServerSessions.Benchmarks.Growth;

/// <summary>What one run measures. Set from the command line: <c>--sizes 1000,10000 --backends Memory,Sqlite</c>.</summary>
internal sealed class GrowthOptions
{
    /// <summary>The numbers of sessions at which a store is measured, rising, with commas.</summary>
    public string Sizes { get; set; } = "1000,100000,1000000";

    /// <summary>Expired sessions that are pruned, beside as many live ones or the next size above.</summary>
    public int Expired { get; set; } = 100_000;

    /// <summary>
    /// How often they are, unless that has taken longer than the budget before: the figures of all rounds are taken together.
    /// </summary>
    public int Rounds { get; set; } = 3;

    /// <summary>Bytes of text in each session.</summary>
    public int Payload { get; set; } = 200;

    /// <summary>How long gets, and then sets, are measured at each size.</summary>
    public double Seconds { get; set; } = 2;

    /// <summary>The longest that a store is filled on the way to one size; what is not there by then is left out, and named.</summary>
    public double Budget { get; set; } = 90;

    /// <summary>Backends, with commas.</summary>
    public string Backends { get; set; } = BackendNames.All;

    /// <summary>Where growth.md and growth.svg are written.</summary>
    public string Output { get; set; } = Repository.Docs;

    /// <summary>A sentence about the circumstances, for the page.</summary>
    public string Note { get; set; } = "";

    public int[] ChosenSizes => CommandLine.Numbers(Sizes);

    /// <summary>The size at which expired sessions are pruned.</summary>
    public int PruneSize => ChosenSizes.FirstOrDefault(size => size >= Expired, ChosenSizes[^1]);
}
