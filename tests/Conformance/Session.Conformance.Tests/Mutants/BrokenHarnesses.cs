using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Harnesses that are wrong, around a store that is right: the store must not be judged.</summary>
internal static class BrokenHarnesses
{
    public static IEnumerable<Mutant> All =>
        [
            new("harness: one store for all", "HAR-01", "the same store object twice", static () => new OneStore()),
            new("harness: one space for all", "HAR-02", "ignores StoreRequest.Space", static () => new OneSpace()),
            new("harness: another clock", "HAR-03", "ignores the clock it was given", static () => new OtherClock()),
            new("harness: peer is the store itself", "HAR-07", "CreatePeerAsync returns the first store itself", static () =>
                new SamePeer()
            ),
            new("harness: peer is elsewhere", "HAR-04", "CreatePeerAsync ignores StoreRequest.Space", static () => new PeerElsewhere()),
            new("harness: reopens elsewhere", "HAR-04", "ReopenStoreAsync ignores StoreRequest.Space", static () => new ReopensElsewhere()),
            new("harness: leaves things behind", "HAR-05", "is in a new space", static () => new Dirty()),
        ];

    private sealed class OneStore : ReferenceHarness
    {
        private ISessionStore? _store;

        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult(_store ??= Make(request));
    }

    private sealed class OneSpace : ReferenceHarness
    {
        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore>(new ReferenceStore(new Setup(request, Server.Space("sessions"))));
    }

    private sealed class OtherClock : ReferenceHarness
    {
        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore>(new StoreWithWallClock(new Setup(request, Server.Space(request.Space))));
    }

    private sealed class StoreWithWallClock(Setup s) : ReferenceStore(s)
    {
        protected override DateTimeOffset Now => TimeProvider.System.GetUtcNow();
    }

    private sealed class SamePeer : ReferenceHarness
    {
        private ISessionStore? _last;

        public override async ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            _last = await base.CreateStoreAsync(request, cancellationToken);

        public override ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult(_last);
    }

    private sealed class PeerElsewhere : ReferenceHarness
    {
        public override ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore?>(new ReferenceStore(new Setup(request, Server.Space("peers"))));
    }

    private sealed class ReopensElsewhere : ReferenceHarness
    {
        public override ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore?>(new ReferenceStore(new Setup(request, Server.Space("reopened"))));
    }

    private sealed class Dirty : ReferenceHarness
    {
        private readonly List<KeyValuePair<string, Row>> _left = [];

        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken)
        {
            var space = Server.Space(request.Space);
            foreach (var (key, row) in _left)
            {
                space.Rows[key] = row;
            }

            return ValueTask.FromResult<ISessionStore>(new Leaving(new Setup(request, space), _left));
        }

        private sealed class Leaving(Setup s, List<KeyValuePair<string, Row>> left) : ReferenceStore(s)
        {
            public override ValueTask DisposeAsync()
            {
                left.AddRange(Space.Rows);
                return base.DisposeAsync();
            }
        }
    }
}
