namespace ServerSessions.Conformance;

/// <summary>The abilities of a store or its harness that a case needs beyond get, set and destroy.</summary>
[Flags]
public enum CaseNeeds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Time must pass: moved, or waited for.</summary>
    Time = 1,

    /// <summary>An exact clock: <see cref="StoreTime.Virtual"/>.</summary>
    ExactTime = 2,

    /// <summary><see cref="ITouchableSessionStore"/>.</summary>
    Touch = 4,

    /// <summary><see cref="IEnumerableSessionStore"/>.</summary>
    Enumeration = 8,

    /// <summary><see cref="IConditionalSessionStore"/>.</summary>
    ConditionalSet = 16,

    /// <summary><see cref="IPrunableSessionStore"/>.</summary>
    Prune = 32,

    /// <summary><see cref="SessionStoreHarness.ReopenStoreAsync"/>.</summary>
    Reopen = 64,

    /// <summary><see cref="SessionStoreHarness.CreatePeerAsync"/>.</summary>
    Peer = 128,

    /// <summary><see cref="SessionStoreHarness.PlantDamageAsync"/>.</summary>
    Damage = 256,

    /// <summary><see cref="SessionStoreHarness.RemoveEntryAsync"/>.</summary>
    Removal = 512,

    /// <summary><see cref="StoreFault.Unavailable"/>.</summary>
    Outage = 1024,

    /// <summary><see cref="StoreFault.Hang"/>.</summary>
    Hang = 2048,

    /// <summary><see cref="SessionStoreHarness.LoggedLines"/>.</summary>
    Logs = 4096,

    /// <summary>A store that <see cref="HarnessSettings"/> describes with <see cref="HarnessSettings.MaxPayloadBytes"/>.</summary>
    PayloadLimit = 8192,

    /// <summary>A store that gives back bytes: <see cref="PayloadFidelity.Bytes"/>.</summary>
    ExactBytes = 16384,

    /// <summary>A store whose payload is not the expiry: <see cref="HarnessSettings.ExpiryInPayload"/>.</summary>
    SeparateExpiry = 32768,

    /// <summary>A store that owns something: <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</summary>
    Disposal = 65536,

    /// <summary><see cref="StoreFault.ReadOnly"/>, or else <see cref="StoreFault.Unavailable"/>: writes fail.</summary>
    RefusedWrites = 131072,

    /// <summary><see cref="SessionStoreHarness.EntriesAtRestAsync"/>.</summary>
    AtRest = 262144,

    /// <summary><see cref="SessionStoreHarness.FilesAtRest"/>.</summary>
    Files = 524288,

    /// <summary>A store that prunes by itself: <see cref="HarnessSettings.PruneInterval"/>.</summary>
    OwnPruning = 1048576,

    /// <summary>A store that keeps no ids at rest: <see cref="HarnessSettings.HidesIds"/>.</summary>
    HiddenIds = 2097152,

    /// <summary><see cref="IGetAndTouchSessionStore"/>.</summary>
    GetAndTouch = 4194304,

    /// <summary><see cref="StoreFault.Denied"/>.</summary>
    Denial = 8388608,

    /// <summary>A store that says that it bounds its calls: <see cref="ISessionStore.BoundsCalls"/>.</summary>
    BoundedCalls = 16777216,
}
