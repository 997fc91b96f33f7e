using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>A store or harness that is wrong on purpose.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="KilledBy">The case that is there to find it.</param>
/// <param name="Phrase">What that case must say.</param>
/// <param name="Harness">Makes the harness for it.</param>
internal sealed record Mutant(string Name, string KilledBy, string Phrase, Func<SessionStoreHarness> Harness)
{
    // What a store does in its own time the one in memory does at once; only one that never does it is waited for. And megabytes show
    // nothing of a mutant that less does not show.
    public static readonly HarnessSettings Impatient = ReferenceHarness.DefaultSettings with
    {
        Patience = TimeSpan.FromSeconds(1.5),
        MaxPayloadBytes = 100_000,
    };

    /// <summary>Whether other cases find it in some runs and not in others: it is wrong by chance or by load.</summary>
    public bool IsRacy { get; init; }

    /// <summary>A store, on the harness with every ability.</summary>
    public static Mutant Of(string name, string killedBy, string phrase, Func<Setup, ISessionStore> make) =>
        new(name, killedBy, phrase, () => new ReferenceHarness(make, Impatient));

    /// <summary>A store that is wrong in a race, and slow where nobody races it: only the case that is there for it is run.</summary>
    public static Mutant Racing(string name, string killedBy, string phrase, Func<Setup, ISessionStore> make) =>
        Of(name, killedBy, phrase, make) with
        {
            IsRacy = true,
        };

    /// <summary>A store that makes a case wait for ever, so that waiting for that is short.</summary>
    public static Mutant Hanging(string name, string killedBy, string phrase, Func<Setup, ISessionStore> make) =>
        new(name, killedBy, phrase, () => new ReferenceHarness(make, Impatient with { CaseTimeLimit = TimeSpan.FromSeconds(3) }));

    public override string ToString() => Name;
}
