namespace ServerSessions.Conformance;

/// <summary>What cases need, looked for in stores and harnesses.</summary>
internal static class CaseNeed
{
    private const CaseNeeds OfHarness =
        CaseNeeds.Reopen
        | CaseNeeds.Peer
        | CaseNeeds.Damage
        | CaseNeeds.Removal
        | CaseNeeds.Outage
        | CaseNeeds.Hang
        | CaseNeeds.Logs
        | CaseNeeds.ExactTime
        | CaseNeeds.RefusedWrites
        | CaseNeeds.AtRest
        | CaseNeeds.Denial;

    /// <summary>
    /// The result of a case that the harness cannot run; <see langword="null"/> if nothing is known to prevent it.
    /// </summary>
    public static CaseResult? Missing(ConformanceCase item, SessionStoreHarness harness)
    {
        var needs = item.Needs;
        var settings = harness.Settings;
        var why =
            needs.HasFlag(CaseNeeds.ExactTime) && harness.Time != StoreTime.Virtual
                ? "It needs a clock that can be stopped (StoreTime.Virtual)."
            : needs.HasFlag(CaseNeeds.Outage) && !harness.Faults.Contains(StoreFault.Unavailable)
                ? "The harness cannot make the backend unreachable (Faults)."
            : needs.HasFlag(CaseNeeds.Hang) && !harness.Faults.Contains(StoreFault.Hang)
                ? "The harness cannot make the backend hang (Faults)."
            : needs.HasFlag(CaseNeeds.Denial) && !harness.Faults.Contains(StoreFault.Denied)
                ? "The harness cannot make the backend deny access (Faults)."
            : needs.HasFlag(CaseNeeds.RefusedWrites)
            && !harness.Faults.Any(static fault => fault is StoreFault.ReadOnly or StoreFault.Unavailable)
                ? "The harness cannot make the backend refuse writes (Faults)."
            : needs.HasFlag(CaseNeeds.Logs) && harness.LoggedLines() is null ? "The harness does not collect logs (LoggedLines)."
            : needs.HasFlag(CaseNeeds.OwnPruning) && settings.PruneInterval is null
                ? "The store does not prune by itself (HarnessSettings.PruneInterval)."
            : needs.HasFlag(CaseNeeds.HiddenIds) && !settings.HidesIds
                ? "The store does not claim to hide ids at rest (HarnessSettings.HidesIds)."
            : needs.HasFlag(CaseNeeds.PayloadLimit) && settings.MaxPayloadBytes is null
                ? "The store states no largest payload (HarnessSettings.MaxPayloadBytes)."
            : needs.HasFlag(CaseNeeds.ExactBytes) && settings.Fidelity != PayloadFidelity.Bytes
                ? "The store gives back JSON, not bytes (HarnessSettings.Fidelity)."
            : needs.HasFlag(CaseNeeds.SeparateExpiry) && settings.ExpiryInPayload
                ? "The payload is the expiry (HarnessSettings.ExpiryInPayload)."
            : null;
        return why is null
            ? null
            : new CaseResult
            {
                Case = item,
                Outcome = OutcomeOfMissing(item),
                Message = why,
            };
    }

    /// <summary>What the store itself would have to be.</summary>
    public static void ThrowIfNotDeclared(CaseNeeds needs, ISessionStore store)
    {
        var lacks =
            needs.HasFlag(CaseNeeds.Touch) && store is not ITouchableSessionStore ? nameof(ITouchableSessionStore)
            : needs.HasFlag(CaseNeeds.Enumeration) && store is not IEnumerableSessionStore ? nameof(IEnumerableSessionStore)
            : needs.HasFlag(CaseNeeds.ConditionalSet) && store is not IConditionalSessionStore ? nameof(IConditionalSessionStore)
            : needs.HasFlag(CaseNeeds.Prune) && store is not IPrunableSessionStore ? nameof(IPrunableSessionStore)
            : needs.HasFlag(CaseNeeds.GetAndTouch) && store is not IGetAndTouchSessionStore ? nameof(IGetAndTouchSessionStore)
            : needs.HasFlag(CaseNeeds.Disposal) && store is not (IAsyncDisposable or IDisposable) ? nameof(IAsyncDisposable)
            : null;
        if (lacks is not null)
        {
            throw new NotOfferedException($"The store does not implement {lacks}.") { IsNotDeclared = true };
        }

        if (needs.HasFlag(CaseNeeds.BoundedCalls) && !store.BoundsCalls)
        {
            throw new NotOfferedException("The store does not say that it bounds its calls (BoundsCalls).") { IsNotDeclared = true };
        }
    }

    /// <summary>
    /// Not declared: the store does not claim the ability. Untested: the rule holds for every store, and the harness cannot show it.
    /// </summary>
    public static CaseOutcome OutcomeOfMissing(ConformanceCase item) =>
        item.Level is CaseLevel.Required or CaseLevel.Recommended && (item.Needs & OfHarness) != 0
            ? CaseOutcome.Untested
            : CaseOutcome.NotDeclared;
}
