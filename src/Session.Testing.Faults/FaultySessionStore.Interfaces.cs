using System.Runtime.CompilerServices;
using ServerSessions.Stores;

namespace ServerSessions.Testing;

// The optional interfaces. A consumer looks for them once, at start, so there is a class for each combination, with the members of the
// interfaces below.
public partial class FaultySessionStore
{
    private ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken) =>
        CallAsync(
            SessionStoreOperation.Touch,
            () => Of<ITouchableSessionStore>().TouchAsync(sid, record, cancellationToken),
            cancellationToken
        );

    private ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid,
        SessionTouchPlan plan,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            SessionStoreOperation.Get,
            () => Of<IGetAndTouchSessionStore>().GetAndTouchAsync(sid, plan, cancellationToken),
            cancellationToken
        );

    private ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            SessionStoreOperation.TrySet,
            () => Of<IConditionalSessionStore>().TrySetAsync(sid, record, expected, cancellationToken),
            cancellationToken
        );

    private async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fault = await BeginAsync(SessionStoreOperation.All, cancellationToken).ConfigureAwait(false);
        await foreach (var entry in Of<IEnumerableSessionStore>().AllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return entry;
        }

        if (fault is not null)
        {
            throw fault.ExceptionOf(SessionStoreOperation.All, Backend);
        }
    }

    private ValueTask<long> LengthAsync(CancellationToken cancellationToken) =>
        CallAsync(
            SessionStoreOperation.Length,
            () => Of<IEnumerableSessionStore>().LengthAsync(cancellationToken),
            cancellationToken
        );

    private async ValueTask ClearAsync(CancellationToken cancellationToken) =>
        await CallAsync(
            SessionStoreOperation.Clear,
            () => DoneAsync(Of<IEnumerableSessionStore>().ClearAsync(cancellationToken)),
            cancellationToken
        ).ConfigureAwait(false);

    private ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken) =>
        CallAsync(
            SessionStoreOperation.Prune,
            () => Of<IPrunableSessionStore>().PruneAsync(batch, cancellationToken),
            cancellationToken
        );

    private static FaultySessionStore Of(ISessionStore store) => (FaultySessionStore)store;

    private TStore Of<TStore>()
        where TStore : class, ISessionStore => (TStore)_inner;

    private static FaultySessionStore WithInterfacesOf(ISessionStore inner, TimeProvider clock)
    {
        var canTouch = inner is ITouchableSessionStore;
        var canGetAndTouch = inner is IGetAndTouchSessionStore;
        var canCompare = inner is IConditionalSessionStore;
        return (inner is IEnumerableSessionStore, inner is IPrunableSessionStore) switch
        {
            (false, false) when canGetAndTouch => canCompare ? new GC0(inner, clock) : new G0(inner, clock),
            (false, false) when canTouch => canCompare ? new TC0(inner, clock) : new T0(inner, clock),
            (false, false) => canCompare ? new C0(inner, clock) : new FaultySessionStore(inner, clock),
            (true, false) when canGetAndTouch => canCompare ? new GCE(inner, clock) : new GE(inner, clock),
            (true, false) when canTouch => canCompare ? new TCE(inner, clock) : new TE(inner, clock),
            (true, false) => canCompare ? new CE(inner, clock) : new E(inner, clock),
            (false, true) when canGetAndTouch => canCompare ? new GCP(inner, clock) : new GP(inner, clock),
            (false, true) when canTouch => canCompare ? new TCP(inner, clock) : new TP(inner, clock),
            (false, true) => canCompare ? new CP(inner, clock) : new P(inner, clock),
            _ when canGetAndTouch => canCompare ? new GCEP(inner, clock) : new GEP(inner, clock),
            _ when canTouch => canCompare ? new TCEP(inner, clock) : new TEP(inner, clock),
            _ => canCompare ? new CEP(inner, clock) : new EP(inner, clock),
        };
    }

    private interface IFaultyTouch : ITouchableSessionStore
    {
        ValueTask<bool> ITouchableSessionStore.TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken) =>
            Of(this).TouchAsync(sid, record, cancellationToken);
    }

    private interface IFaultyGetAndTouch : IFaultyTouch, IGetAndTouchSessionStore
    {
        bool IGetAndTouchSessionStore.IsTouchCheap => Of(this).Of<IGetAndTouchSessionStore>().IsTouchCheap;

        ValueTask<GetAndTouchResult> IGetAndTouchSessionStore.GetAndTouchAsync(
            string sid,
            SessionTouchPlan plan,
            CancellationToken cancellationToken
        ) => Of(this).GetAndTouchAsync(sid, plan, cancellationToken);
    }

    private interface IFaultyCompare : IConditionalSessionStore
    {
        ValueTask<ConditionalSetResult> IConditionalSessionStore.TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken
        ) => Of(this).TrySetAsync(sid, record, expected, cancellationToken);
    }

    private interface IFaultyListing : IEnumerableSessionStore
    {
        IAsyncEnumerable<SessionEntry> IEnumerableSessionStore.AllAsync(CancellationToken cancellationToken) =>
            Of(this).AllAsync(cancellationToken);

        ValueTask<long> IEnumerableSessionStore.LengthAsync(CancellationToken cancellationToken) => Of(this).LengthAsync(cancellationToken);

        ValueTask IEnumerableSessionStore.ClearAsync(CancellationToken cancellationToken) => Of(this).ClearAsync(cancellationToken);
    }

    // A store that reports no runs looks like one without a timer: it raises no event.
    private interface IFaultyPrune : IPruneReportingStore
    {
        event EventHandler<PruneRun>? IPruneReportingStore.Pruned
        {
            add
            {
                if (Of(this)._inner is IPruneReportingStore store)
                {
                    store.Pruned += value;
                }
            }
            remove
            {
                if (Of(this)._inner is IPruneReportingStore store)
                {
                    store.Pruned -= value;
                }
            }
        }

        TimeSpan IPruneReportingStore.PruneInterval =>
            Of(this)._inner is IPruneReportingStore store ? store.PruneInterval : Timeout.InfiniteTimeSpan;

        bool IPrunableSessionStore.PrunesItself => Of(this).Of<IPrunableSessionStore>().PrunesItself;

        ValueTask<int> IPrunableSessionStore.PruneAsync(int batch, CancellationToken cancellationToken) =>
            Of(this).PruneAsync(batch, cancellationToken);
    }

    // T: touch, G: get and touch, C: compare and set, E: enumerate, P: prune.
    private sealed class P(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyPrune;

    private sealed class E(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyListing;

    private sealed class EP(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyListing, IFaultyPrune;

    private sealed class C0(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyCompare;

    private sealed class CP(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyCompare, IFaultyPrune;

    private sealed class CE(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyCompare, IFaultyListing;

    private sealed class CEP(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyCompare,
            IFaultyListing,
            IFaultyPrune;

    private sealed class T0(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyTouch;

    private sealed class TP(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyTouch, IFaultyPrune;

    private sealed class TE(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyTouch, IFaultyListing;

    private sealed class TEP(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyTouch,
            IFaultyListing,
            IFaultyPrune;

    private sealed class TC0(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyTouch, IFaultyCompare;

    private sealed class TCP(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyTouch,
            IFaultyCompare,
            IFaultyPrune;

    private sealed class TCE(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyTouch,
            IFaultyCompare,
            IFaultyListing;

    private sealed class TCEP(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyTouch,
            IFaultyCompare,
            IFaultyListing,
            IFaultyPrune;

    private sealed class G0(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyGetAndTouch;

    private sealed class GP(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyGetAndTouch, IFaultyPrune;

    private sealed class GE(ISessionStore inner, TimeProvider clock) : FaultySessionStore(inner, clock), IFaultyGetAndTouch, IFaultyListing;

    private sealed class GEP(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyGetAndTouch,
            IFaultyListing,
            IFaultyPrune;

    private sealed class GC0(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyGetAndTouch,
            IFaultyCompare;

    private sealed class GCP(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyGetAndTouch,
            IFaultyCompare,
            IFaultyPrune;

    private sealed class GCE(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyGetAndTouch,
            IFaultyCompare,
            IFaultyListing;

    private sealed class GCEP(ISessionStore inner, TimeProvider clock)
        : FaultySessionStore(inner, clock),
            IFaultyGetAndTouch,
            IFaultyCompare,
            IFaultyListing,
            IFaultyPrune;
}
