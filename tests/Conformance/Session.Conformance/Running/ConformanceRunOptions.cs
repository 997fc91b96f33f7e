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
