namespace ServerSessions.Conformance;

/// <summary>All cases, in the order in which they are run.</summary>
public static class ConformanceCatalogue
{
    /// <summary>The version of the contract that the cases hold a store to.</summary>
    public const string ContractVersion = "1.0";

    /// <summary>The cases.</summary>
    public static IReadOnlyList<ConformanceCase> Cases { get; } =
    [
        .. PreflightCases.All,
        .. BasicCases.All,
        .. ArgumentCases.All,
        .. AbsenceCases.All,
        .. ValueCases.All,
        .. ExpiryCases.All,
        .. ExpiryEdgeCases.All,
        .. TouchCases.All,
        .. TouchEdgeCases.All,
        .. GetAndTouchCases.All,
        .. GetAndTouchEdgeCases.All,
        .. PayloadCases.All,
        .. PayloadEdgeCases.All,
        .. SidCases.All,
        .. ConcurrencyCases.All,
        .. SchedulingCases.All,
        .. HistoryCases.All,
        .. ModelCases.All,
        .. CancellationCases.All,
        .. EnumerationCases.All,
        .. ListingCases.All,
        .. ConditionalCases.All,
        .. ConditionalRaceCases.All,
        .. PruneCases.All,
        .. PersistenceCases.All,
        .. PeerCases.All,
        .. FaultCases.All,
        .. EventCases.All,
        .. EventOrderCases.All,
        .. DisposalCases.All,
        .. HygieneCases.All,
    ];

    /// <summary>Finds a case by its id; upper and lower case are the same.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The case, or <see langword="null"/>.</returns>
    public static ConformanceCase? Find(string id) => Cases.FirstOrDefault(item => item.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
