namespace ServerSessions.Conformance;

/// <summary>The options of a run.</summary>
public sealed record ConformanceRunOptions
{
    /// <summary>The seed of random ids, payloads and schedules.</summary>
    /// <value>Default 1: two runs do the same.</value>
    public int Seed { get; init; } = 1;

    /// <summary>The levels to run. The preflight always runs.</summary>
    /// <value>Default <see langword="null"/>: all.</value>
    public IReadOnlyCollection<CaseLevel>? Levels { get; init; }

    /// <summary>The ids of the cases to run, or their groups (<c>TCH</c>). Case is ignored.</summary>
    /// <value>Default <see langword="null"/>: all.</value>
    public IReadOnlyCollection<string>? Cases { get; init; }

    /// <summary>The time for each case that searches at random: it goes on for so long, or until it finds something.</summary>
    /// <value>Zero or more. Default zero: a fixed number of rounds, for about five seconds at most.</value>
    public TimeSpan SearchTime { get; init; }

    /// <summary>
    /// How many independent cases <see cref="ConformanceRunner.RunAsync"/> runs at the same time: those that move no clock, make no fault
    /// and race no calls.
    /// </summary>
    /// <value>1 or more. Default 8. 1: every case runs alone.</value>
    public int AtOnce { get; init; } = 8;

    /// <summary>Returns the line that repeats a case; a reader of its failure can run it unchanged.</summary>
    /// <value>Default <see langword="null"/>: the call of the runner in C#.</value>
    public Func<ConformanceCase, string>? RepeatLine { get; init; }

    internal bool Selects(ConformanceCase item) =>
        (Levels is null || Levels.Contains(item.Level) || item.Level == CaseLevel.Preflight)
        && (
            Cases is null
            || Cases.Any(id =>
                id.Equals(item.Id, StringComparison.OrdinalIgnoreCase) || id.Equals(item.Group, StringComparison.OrdinalIgnoreCase)
            )
        );
}
