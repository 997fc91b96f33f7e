using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>What tracks and ends the sessions of users, with the keys of one runtime.</summary>
internal sealed class UserServices
{
    public UserServices(
        UserStores stores,
        StoreClient sessionStore,
        StoreClient indexStore,
        SessionEvents events,
        SessionTelemetry telemetry,
        StoredFormat format,
        Tombstones tombstones,
        SessionLoader loader,
        SessionLifetimes lifetimes,
        TimeProvider timeProvider,
        ILogger logger
    )
    {
        Stores = stores;
        var lease = new UserLease(lifetimes, stores.DefaultLifetime, timeProvider);
        Index = new UserIndex(indexStore, format, stores.Keys, timeProvider);
        var sessions = new SessionEnding(sessionStore, format, tombstones);
        var ending = new UserEnding(Index, sessions, loader, events, timeProvider, logger);
        var life = new UserListLife(Index, lease, timeProvider, logger);
        Tracking = new UserTracking(stores.Options, Index, ending, sessions, lease, life, telemetry, timeProvider, logger);
        Directory = new UserDirectory(Index, ending, format, tombstones, lease, lifetimes, telemetry, timeProvider);
    }

    public UserStores Stores { get; }

    public UserIndex Index { get; }

    public UserTracking Tracking { get; }

    public UserDirectory Directory { get; }
}
