using System.Reflection;

namespace Session.Benchmarks.EndToEnd.Running;

/// <summary>What one run measures. Set from the command line: <c>--seconds 1 --repeats 1 --backends Memory,Redis</c>; <c>--full</c> for the whole matrix.</summary>
internal sealed class RunOptions
{
    /// <summary>How long each measurement counts.</summary>
    public double Seconds { get; set; } = 2;

    /// <summary>How often each is made.</summary>
    public int Repeats { get; set; } = 3;

    /// <summary>Numbers of connections, with commas.</summary>
    public string Connections { get; set; } = "32";

    /// <summary>Bytes of text in each session, with commas.</summary>
    public string Payloads { get; set; } = "200";

    /// <summary>Backends, with commas.</summary>
    public string Backends { get; set; } = string.Join(',', Enum.GetNames<Backend>());

    /// <summary>Where performance.md and performance.svg are written.</summary>
    public string Output { get; set; } = Path.Combine(Root, "docs");

    /// <summary>A sentence about the circumstances, for the page.</summary>
    public string Note { get; set; } = "";

    /// <summary>The repository.</summary>
    public static string Root { get; } = typeof(RunOptions).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "RepositoryRoot").Value!;

    public static RunOptions Parse(string[] args)
    {
        var options = new RunOptions();
        if (args.Contains("--full"))
        {
            (options.Connections, options.Payloads) = ("1,32,256", "200,4096,65536");
            args = [.. args.Where(static argument => argument != "--full")];
        }

        // An option without its value, or one that is not known, is an error.
        var configuration = new ConfigurationBuilder().AddCommandLine(args).Build();
        configuration.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        return options;
    }

    public IEnumerable<Setting> Settings() =>
        from connections in Numbers(Connections)
        from bytes in Numbers(Payloads)
        select new Setting(connections, bytes);

    public IReadOnlyList<Backend> ChosenBackends() => [.. Backends.Split(',').Select(static name => Enum.Parse<Backend>(name, ignoreCase: true))];

    private static IEnumerable<int> Numbers(string list) =>
        list.Split(',').Select(static number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>How hard and with how much.</summary>
internal sealed record Setting(int Connections, int PayloadBytes)
{
    /// <summary>Two sessions a connection, and 64 at least.</summary>
    public int Sessions => Math.Max(64, 2 * Connections);
}
