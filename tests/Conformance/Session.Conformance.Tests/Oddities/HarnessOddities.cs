using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Oddities;

/// <summary>What a harness can do.</summary>
internal static class HarnessOddities
{
    /// <summary>A harness that reads nothing at rest, and makes no faults.</summary>
    public class PlainHarness(Func<Setup, ISessionStore> make) : SessionStoreHarness
    {
        private readonly Server _server = new();

        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult(make(new Setup(request, SpaceOf(request))));

        public override async ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            await CreateStoreAsync(request, cancellationToken);

        public override async ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
            await CreateStoreAsync(request, cancellationToken);

        protected virtual Space SpaceOf(StoreRequest request) => _server.Space(request.Space);
    }

    public sealed class OneTable() : PlainHarness(static s => new OfOneSpace(s))
    {
        private readonly Space _all = new(new Server());

        protected override Space SpaceOf(StoreRequest request) => _all;

        private sealed class OfOneSpace(Setup s) : ReferenceStore(s)
        {
            private string Prefix => Request.Space + ":";

            private IEnumerable<KeyValuePair<string, Row>> Mine =>
                Space.Rows.Where(row => row.Key.StartsWith(Prefix, StringComparison.Ordinal));

            protected override string Key(string sid) => Prefix + sid;

            protected override string SidOf(string key) => key[Prefix.Length..];

            protected override IEnumerable<KeyValuePair<string, Row>> Listed() => Mine;

            public override ValueTask<long> LengthAsync(CancellationToken cancellationToken = default) =>
                new(Mine.Count(row => IsLive(row.Value)));

            public override ValueTask ClearAsync(CancellationToken cancellationToken = default)
            {
                foreach (var (key, _) in Mine)
                {
                    Space.Rows.TryRemove(key, out _);
                }

                return ValueTask.CompletedTask;
            }

            protected override int Prune(int batch) =>
                Mine.Where(row => !IsLive(row.Value)).Take(batch).ToArray().Count(row => Space.Rows.TryRemove(row.Key, out _));
        }
    }

    public sealed class Mandatory : SessionStoreHarness
    {
        private readonly Server _server = new();

        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore>(new ReferenceStore(new Setup(request, _server.Space(request.Space))));
    }
}
