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
        .. ConcurrencyMutants.All.Concat(CancellationMutants.All).Select(static mutant => mutant with { IsRacy = true }),
        .. EnumerationMutants.All,
        .. PruneMutants.All,
        .. ConditionalMutants.All,
        .. BackendMutants.All,
        .. PeerMutants.All,
        .. EventMutants.All,
        .. LifeCycleMutants.All,
        .. BrokenHarnesses.All,
    ];
}
