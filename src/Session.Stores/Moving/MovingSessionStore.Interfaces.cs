using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores;

// What depends on the interfaces of both stores. A consumer looks for them once, at start, so there is a class for each combination.
public partial class MovingSessionStore
{
    private EventHandler? _connected;
    private EventHandler? _disconnected;
    private MoveSide? _lost;

    /// <inheritdoc/>
    public event EventHandler? Connected
    {
        add => _connected += value;
        remove => _connected -= value;
    }

    /// <summary>
    /// Occurs when the store that is read first cannot be reached. While the other one cannot be reached, the sessions of the first one can
    /// be used.
    /// </summary>
    public event EventHandler? Disconnected
    {
        add => _disconnected += value;
        remove => _disconnected -= value;
    }

    /// <inheritdoc/>
    /// <value>Whether each of the two stores prunes itself, or needs no pruning.</value>
    public bool PrunesItself => !NeedsPruning(_old) && !NeedsPruning(_new);

    /// <summary>Occurs when a run of the timer of one of the two stores has ended; the sender is that timer.</summary>
    public event EventHandler<PruneRun>? Pruned
    {
        add
        {
            foreach (var store in Reporting())
            {
                store.Pruned += value;
            }
        }
        remove
        {
            foreach (var store in Reporting())
            {
                store.Pruned -= value;
            }
        }
    }

    /// <inheritdoc/>
    /// <value>The longer one of the two stores.</value>
    public TimeSpan PruneInterval =>
        Reporting()
            .Select(static store => store.PruneInterval)
            .Where(static interval => interval != Timeout.InfiniteTimeSpan)
            .DefaultIfEmpty(Timeout.InfiniteTimeSpan)
            .Max();

    /// <summary>
    /// Removes expired sessions of each store that does not prune itself. Also counts what stood in place of a session and has expired.
    /// </summary>
    /// <param name="batch">The most to remove from both together; 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number removed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batch"/> is less than 1.</exception>
    /// <exception cref="SessionStoreException">One of the stores failed.</exception>
    public async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        var removed = 0;
        foreach (var side in (MoveSide[])[_old, _new])
        {
            if (removed < batch && side.Store is IPrunableSessionStore store)
            {
                removed += await side.CallAsync(SessionStoreOperation.Prune, () => store.PruneAsync(batch - removed, cancellationToken))
                    .ConfigureAwait(false);
            }
        }

        return removed;
    }

    private IEnumerable<IPruneReportingStore> Reporting() =>
        new[] { _old.Store, _new.Store }.OfType<IPruneReportingStore>().Where(static store => store.PrunesItself);

    private static bool NeedsPruning(MoveSide side) => side.Store is IPrunableSessionStore { PrunesItself: false };

    private void ForwardEvents()
    {
        foreach (var side in (MoveSide[])[_old, _new])
        {
            side.Store.Disconnected += (_, _) =>
            {
                if (side == Route.First && Interlocked.CompareExchange(ref _lost, side, null) is null)
                {
                    _disconnected?.Invoke(this, EventArgs.Empty);
                }
            };
            side.Store.Connected += (_, _) =>
            {
                if (Interlocked.CompareExchange(ref _lost, null, side) == side)
                {
                    _connected?.Invoke(this, EventArgs.Empty);
                }
            };
        }
    }

    /// <summary>The members of <see cref="IEnumerableSessionStore"/>, for a store whose two stores have them.</summary>
    private interface IListing : IEnumerableSessionStore
    {
        MoveListing Sessions { get; }

        IAsyncEnumerable<SessionEntry> IEnumerableSessionStore.AllAsync(CancellationToken cancellationToken) =>
            Sessions.AllAsync(cancellationToken);

        ValueTask<long> IEnumerableSessionStore.LengthAsync(CancellationToken cancellationToken) => Sessions.CountAsync(cancellationToken);

        ValueTask IEnumerableSessionStore.ClearAsync(CancellationToken cancellationToken) => Sessions.ClearAsync(cancellationToken);
    }

    /// <summary>The members of <see cref="IGetAndTouchSessionStore"/>, for a store whose two stores have them.</summary>
    private interface ITouchingReads : IGetAndTouchSessionStore
    {
        MovingSessionStore Self { get; }

        bool IGetAndTouchSessionStore.IsTouchCheap =>
            ((IGetAndTouchSessionStore)Self.OldStore).IsTouchCheap && ((IGetAndTouchSessionStore)Self.NewStore).IsTouchCheap;

        ValueTask<GetAndTouchResult> IGetAndTouchSessionStore.GetAndTouchAsync(
            string sid,
            SessionTouchPlan plan,
            CancellationToken cancellationToken
        )
        {
            Sid.ThrowIfInvalid(sid);
            return Self._mover.GetAndTouchAsync(Self.Route, sid, plan, cancellationToken);
        }
    }

    private sealed class Listing(Setup setup) : MovingSessionStore(setup), IListing
    {
        MoveListing IListing.Sessions => _listing;
    }

    private sealed class TouchingReads(Setup setup) : MovingSessionStore(setup), ITouchingReads
    {
        MovingSessionStore ITouchingReads.Self => this;
    }

    private sealed class ListingAndTouchingReads(Setup setup) : MovingSessionStore(setup), IListing, ITouchingReads
    {
        MoveListing IListing.Sessions => _listing;

        MovingSessionStore ITouchingReads.Self => this;
    }

    /// <summary>What a store is made of.</summary>
    private sealed record Setup(
        ISessionStore OldStore,
        ISessionStore NewStore,
        Func<SessionMoveMode> Mode,
        TimeProvider? TimeProvider,
        ILogger? Logger,
        IMeterFactory? MeterFactory
    );
}
