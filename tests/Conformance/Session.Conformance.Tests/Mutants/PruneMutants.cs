using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong in prune.</summary>
internal static class PruneMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("prunes the living", "PRN-01", "a live session, after prune", s => new PrunesLiving(s)),
            Mutant.Of("batch ignored", "PRN-02", "in batches of 3: 3, 3, 1", s => new IgnoresBatch(s)),
            Mutant.Racing("prunes by an old list", "PRN-03", "set again while prune ran", s => new PrunesOldList(s)),
            Mutant.Of("batch unchecked", "PRN-05", "prune of a batch of 0: ArgumentOutOfRangeException", s => new UncheckedBatch(s)),
            Mutant.Racing("second pruner throws", "PRN-07", "one of four prunes at once: no exception", s => new OnePruner(s)),
            Mutant.Of(
                "prunes by a timer of the system",
                "PRN-04",
                "an interval after four of five sessions have expired, round 1: 1",
                s => new NeverPrunes(s)
            ),
            Mutant.Of(
                "the timer runs once",
                "PRN-04",
                "an interval after four of five sessions have expired, round 2: 1",
                s => new PrunesOnce(s)
            ),
            Mutant.Of("at most 100 in one prune", "PRN-06", "until less are removed: 1,200", s => new PrunesFew(s)),
            Mutant.Of("set leaves an expired row", "PRN-08", "prune after a set of a session that was absent", s => new LeavesExpired(
                s,
                isConditional: false
            )),
            Mutant.Of("try-set leaves an expired row", "PRN-08", "prune after a try-set that expected the session", s => new LeavesExpired(
                s,
                isConditional: true
            )),
        ];

    private sealed class NeverPrunes(Setup s) : ReferenceStore(s)
    {
        protected override void PruneByItself() { }
    }

    private sealed class PrunesOnce(Setup s) : ReferenceStore(s)
    {
        private bool _pruned;

        protected override void PruneByItself()
        {
            if (!_pruned)
            {
                _pruned = true;
                base.PruneByItself();
            }
        }
    }

    private sealed class PrunesFew(Setup s) : ReferenceStore(s)
    {
        protected override int Prune(int batch) => base.Prune(Math.Min(batch, 100));
    }

    private sealed class LeavesExpired(Setup s, bool isConditional) : ReferenceStore(s)
    {
        private readonly AsyncLocal<bool> _inTrySet = new();

        public override async ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        )
        {
            _inTrySet.Value = true;
            return await base.TrySetAsync(sid, record, expected, cancellationToken);
        }

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            if (_inTrySet.Value == isConditional && ExpiryOf(record) <= Now)
            {
                Space.Rows[sid] = NewRow(record, DateTimeOffset.UnixEpoch);
            }
        }
    }

    private sealed class PrunesLiving(Setup s) : ReferenceStore(s)
    {
        protected override int Prune(int batch)
        {
            foreach (var key in Space.Rows.Keys)
            {
                Space.Rows.TryRemove(key, out _);
            }

            return 0;
        }
    }

    private sealed class IgnoresBatch(Setup s) : ReferenceStore(s)
    {
        protected override int Prune(int batch) => base.Prune(int.MaxValue);
    }

    private sealed class PrunesOldList(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();

        public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            await base.SetAsync(sid, record, cancellationToken);
            _meeting.Come();
        }

        public override async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
            var expired = Space.Rows.Where(entry => !IsLive(entry.Value)).Take(batch).Select(static entry => entry.Key).ToArray();
            if (expired.Length > 0)
            {
                await _meeting.WaitAsync();
            }

            return expired.Count(key => Space.Rows.TryRemove(key, out _));
        }
    }

    private sealed class UncheckedBatch(Setup s) : ReferenceStore(s)
    {
        public override ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default) =>
            batch < 1 ? ValueTask.FromResult(0) : base.PruneAsync(batch, cancellationToken);
    }

    private sealed class OnePruner(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();
        private int _running;

        public override async ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _running) > 1)
            {
                _meeting.Come();
                throw new InvalidOperationException("already pruning");
            }

            await _meeting.WaitAsync(1000);
            var removed = await base.PruneAsync(batch, cancellationToken);
            Interlocked.Decrement(ref _running);
            return removed;
        }
    }
}
