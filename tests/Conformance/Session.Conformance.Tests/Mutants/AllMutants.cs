namespace Session.Conformance.Tests.Mutants;

internal static class AllMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        .. BasicMutants.All, .. ExpiryMutants.All, .. TouchMutants.All, .. PayloadMutants.All, .. ConcurrencyMutants.All.Select(static mutant => mutant with { IsRacy = true }), .. EnumerationMutants.All,
        .. ConditionalMutants.All, .. BackendMutants.All, .. LifeCycleMutants.All, .. BrokenHarnesses.All,
    ];
}
