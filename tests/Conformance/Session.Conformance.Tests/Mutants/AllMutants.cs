using ServerSessions.Conformance.Tests.Linearizability;
using ServerSessions.Conformance.Tests.Model;

namespace ServerSessions.Conformance.Tests.Mutants;

internal static class AllMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        .. BasicMutants.All,
        .. AbsenceMutants.All,
        .. ValueMutants.All,
        .. ExpiryMutants.All,
        .. TouchMutants.All,
        .. GetAndTouchMutants.All,
        .. PayloadMutants.All,
        .. ConcurrencyMutants
            .All.Concat(CancellationMutants.All)
            .Concat(HistoryMutants.All)
            .Select(static mutant => mutant with { IsRacy = true }),
        .. ProgramMutants.All,
        .. EnumerationMutants.All,
        .. PruneMutants.All,
        .. ConditionalMutants.All,
        .. BackendMutants.All,
        .. PeerMutants.All,
        .. EventMutants.All,
        .. LifeCycleMutants.All,
        .. OutageMutants.All,
        .. CancelledMutants.All,
        .. ExpiryChangeMutants.All,
        .. ClockAndRestMutants.All,
        .. ListingMutants.All,
        .. SpaceMutants.All,
        .. ContentMutants.All,
        .. CauseMutants.All,
        .. BrokenHarnesses.All,
    ];
}
