namespace ServerSessions.Conformance;

/// <summary>What a run does.</summary>
public sealed record ConformanceRunOptions
{
    /// <summary>What random ids, payloads and schedules grow from.</summary>
    /// <value>Default 1: two runs do the same.</value>
    public int Seed { get; init; } = 1;

    /// <summary>The levels that are run; the preflight always is.</summary>
    /// <value>Default <see langword="null"/>: all.</value>
    public IReadOnlyCollection<CaseLevel>? Levels { get; init; }

    /// <summary>The ids of the cases, or the first letters of them (<c>TCH</c>); upper and lower case are the same.</summary>
    /// <value>Default <see langword="null"/>: all.</value>
    public IReadOnlyCollection<string>? Cases { get; init; }

    /// <summary>How a case is repeated by whoever reads its failure: a line that can be run as it stands.</summary>
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
