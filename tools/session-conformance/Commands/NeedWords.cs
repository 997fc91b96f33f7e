namespace ServerSessions.Conformance.Tool.Commands;

/// <summary>What a case needs, in the words of those who write stores and harnesses.</summary>
internal static class NeedWords
{
    public static string Of(CaseNeeds need) =>
        need switch
        {
            CaseNeeds.Time => "time that passes",
            CaseNeeds.ExactTime => $"a clock that stands still ({nameof(StoreTime)}.{nameof(StoreTime.Virtual)})",
            CaseNeeds.Touch => $"a store that is {nameof(ITouchableSessionStore)}",
            CaseNeeds.Enumeration => $"a store that is {nameof(IEnumerableSessionStore)}",
            CaseNeeds.ConditionalSet => $"a store that is {nameof(IConditionalSessionStore)}",
            CaseNeeds.Prune => $"a store that is {nameof(IPrunableSessionStore)}",
            CaseNeeds.GetAndTouch => $"a store that is {nameof(IGetAndTouchSessionStore)}",
            CaseNeeds.Reopen => $"a harness with {nameof(SessionStoreHarness.ReopenStoreAsync)}",
            CaseNeeds.Peer => $"a harness with {nameof(SessionStoreHarness.CreatePeerAsync)}",
            CaseNeeds.Damage => $"a harness with {nameof(SessionStoreHarness.PlantDamageAsync)}",
            CaseNeeds.Removal => $"a harness with {nameof(SessionStoreHarness.RemoveEntryAsync)}",
            CaseNeeds.Outage => $"a harness with {nameof(SessionStoreHarness.Faults)}: {nameof(StoreFault.Unavailable)}",
            CaseNeeds.Denial => $"a harness with {nameof(SessionStoreHarness.Faults)}: {nameof(StoreFault.Denied)}",
            CaseNeeds.Hang => $"a harness with {nameof(SessionStoreHarness.Faults)}: {nameof(StoreFault.Hang)}",
            CaseNeeds.Logs => $"a harness with {nameof(SessionStoreHarness.LoggedLines)}",
            CaseNeeds.PayloadLimit => $"a store with {nameof(HarnessSettings)}.{nameof(HarnessSettings.MaxPayloadBytes)}",
            CaseNeeds.ExactBytes => $"a store with {nameof(PayloadFidelity)}.{nameof(PayloadFidelity.Bytes)}",
            CaseNeeds.SeparateExpiry => $"a store without {nameof(HarnessSettings)}.{nameof(HarnessSettings.ExpiryInPayload)}",
            CaseNeeds.Disposal => "a store that is disposable",
            CaseNeeds.RefusedWrites =>
                $"a harness with {nameof(SessionStoreHarness.Faults)}: {nameof(StoreFault.ReadOnly)}, or {nameof(StoreFault.Unavailable)}",
            CaseNeeds.AtRest => $"a harness with {nameof(SessionStoreHarness.EntriesAtRestAsync)}",
            CaseNeeds.Files => $"a harness with {nameof(SessionStoreHarness.FilesAtRest)}",
            CaseNeeds.OwnPruning => $"a store with {nameof(HarnessSettings)}.{nameof(HarnessSettings.PruneInterval)}",
            CaseNeeds.HiddenIds => $"a store with {nameof(HarnessSettings)}.{nameof(HarnessSettings.HidesIds)}",
            CaseNeeds.BoundedCalls => $"a store with {nameof(ISessionStore.BoundsCalls)}",
            _ => throw new ArgumentOutOfRangeException(nameof(need), need, "The need has no words."),
        };
}
