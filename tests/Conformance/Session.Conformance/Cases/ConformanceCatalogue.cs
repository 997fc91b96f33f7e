namespace ServerSessions.Conformance;

/// <summary>All cases of the kit, in the order in which they run.</summary>
public static class ConformanceCatalogue
{
    /// <summary>The version of the contract that the cases test.</summary>
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
        .. ExpiryChangeCases.All,
        .. ClockCases.All,
        .. TouchCases.All,
        .. TouchEdgeCases.All,
        .. GetAndTouchCases.All,
        .. GetAndTouchEdgeCases.All,
        .. PayloadCases.All,
        .. PayloadEdgeCases.All,
        .. PayloadSizeCases.All,
        .. SidCases.All,
        .. SidPairCases.All,
        .. SpaceCases.All,
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
        .. PruneExpiryCases.All,
        .. RestCases.All,
        .. PersistenceCases.All,
        .. PeerCases.All,
        .. OutageCases.All,
        .. FaultCases.All,
        .. EventCases.All,
        .. EventOrderCases.All,
        .. DisposalCases.All,
        .. HygieneCases.All,
    ];

    /// <summary>Finds a case by its id. Case is ignored.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The case; <see langword="null"/> if there is none with this id.</returns>
    public static ConformanceCase? Find(string id) => Cases.FirstOrDefault(item => item.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
