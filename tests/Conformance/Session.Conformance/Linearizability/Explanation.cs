namespace ServerSessions.Conformance;

/// <summary>One way to explain a history so far: the state, and which of the calls without an end have had their effect.</summary>
/// <param name="State">The state of the session.</param>
/// <param name="Running">The calls that run and have their place; a bit for each.</param>
/// <param name="Unknown">The calls of unknown outcome that took effect; a bit for each.</param>
internal readonly record struct Explanation(SessionState State, ulong Running, UInt128 Unknown)
{
    /// <summary>The most calls that run on one session at the same time.</summary>
    public const int MostRunning = 64;

    /// <summary>The most calls of unknown outcome on one session.</summary>
    public const int MostUnknown = 128;

    public bool Has(int slot) => (Running & (1UL << slot)) != 0;

    public bool HasUnknown(int index) => (Unknown & (UInt128.One << index)) != UInt128.Zero;

    public Explanation With(SessionState state, int slot) => this with { State = state, Running = Running | (1UL << slot) };

    public Explanation WithUnknown(SessionState state, int index) =>
        this with { State = state, Unknown = Unknown | (UInt128.One << index) };

    public Explanation Without(int slot) => this with { Running = Running & ~(1UL << slot) };
}

/// <summary>
/// Explanations, of which only those are kept that need the fewest calls of unknown outcome: with the same state and the same places,
/// one that needs fewer can do all that one with more can do.
/// </summary>
internal sealed class ExplanationSet
{
    private readonly Dictionary<(SessionState State, ulong Running), List<UInt128>> _found = [];

    public List<Explanation> All =>
        [
            .. _found.SelectMany(static entry =>
                entry.Value.Select(unknown => new Explanation(entry.Key.State, entry.Key.Running, unknown))
            ),
        ];

    /// <summary>Whether another needs as little.</summary>
    public bool Covers(Explanation explanation) =>
        _found.TryGetValue((explanation.State, explanation.Running), out var kept)
        && kept.Exists(other => IsIn(other, explanation.Unknown));

    /// <summary>Whether it was added: no other needs as little.</summary>
    public bool Add(Explanation explanation)
    {
        if (Covers(explanation))
        {
            return false;
        }

        var key = (explanation.State, explanation.Running);
        if (!_found.TryGetValue(key, out var kept))
        {
            _found.Add(key, kept = []);
        }

        kept.RemoveAll(other => IsIn(explanation.Unknown, other));
        kept.Add(explanation.Unknown);
        return true;
    }

    private static bool IsIn(UInt128 calls, UInt128 others) => (calls & others) == calls;
}
