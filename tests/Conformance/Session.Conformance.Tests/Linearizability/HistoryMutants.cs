using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ServerSessions.Conformance.Tests.Mutants;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Linearizability;

/// <summary>Wrong in an interleaving only that no case by hand makes.</summary>
internal static class HistoryMutants
{
    private const string NoOrder = "no order of the calls explains it";

    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("a get fills a cache that a try-set has overtaken", "CON-09", NoOrder, s => new OvertakenByTrySet(s)),
            Mutant.Of("get and touch moves the expiry of what has replaced the session", "CON-09", NoOrder, s => new TouchesTheNext(s)),
            Mutant.Of("a get fills a cache that a peer's set has overtaken", "LIN-01", NoOrder, s => new OvertakenByPeer(s)),
            Mutant.Of("a failed destroy is seen once", "LIN-02", NoOrder, s => new SeesFailedDestroy(s)),
            Mutant.Of("a set that failed is written after the next one too", "LIN-02", NoOrder, s => new WritesFailedAgain(s)),
        ];

    /// <summary>Invalidates its cache before it writes, and not after. What is in the cache is used once.</summary>
    private class OvertakenByTrySet(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();
        private int _writing;

        protected ConcurrentDictionary<string, Row> Cache { get; } = new();

        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            ThrowIfInvalid(sid);
            await EnterAsync(SessionStoreOperation.Get, cancellationToken);
            if (Cache.TryRemove(sid, out var cached) && IsLive(cached))
            {
                return ToRecord(cached);
            }

            if (Find(sid) is not { } row)
            {
                return Absent(sid);
            }

            if (Volatile.Read(ref _writing) > 0 && await _meeting.WaitAsync(20))
            {
                Cache[sid] = row;
            }

            return ToRecord(row);
        }

        public override async ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        )
        {
            Cache.TryRemove(sid, out _);
            return await OvertakeAsync(() => base.TrySetAsync(sid, record, expected, cancellationToken));
        }

        protected async ValueTask<T> OvertakeAsync<T>(Func<ValueTask<T>> write)
        {
            Interlocked.Increment(ref _writing);
            try
            {
                await Task.Delay(1);
                return await write();
            }
            finally
            {
                Interlocked.Decrement(ref _writing);
                _meeting.Come();
            }
        }

        protected override void Put(string sid, SessionRecord record)
        {
            Cache.TryRemove(sid, out _);
            base.Put(sid, record);
        }

        protected override void Remove(string sid)
        {
            Cache.TryRemove(sid, out _);
            base.Remove(sid);
        }

        protected override bool Retouch(string sid, SessionRecord record)
        {
            Cache.TryRemove(sid, out _);
            return base.Retouch(sid, record);
        }
    }

    /// <summary>Each instance tells the others of what it writes, before it writes.</summary>
    private sealed class OvertakenByPeer : OvertakenByTrySet
    {
        private static readonly ConditionalWeakTable<Space, ConcurrentBag<OvertakenByPeer>> Instances = [];

        private readonly ConcurrentBag<OvertakenByPeer> _instances;

        public OvertakenByPeer(Setup s)
            : base(s)
        {
            _instances = Instances.GetValue(s.Space, static _ => []);
            _instances.Add(this);
        }

        public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            foreach (var other in _instances.Where(other => other != this))
            {
                other.Cache.TryRemove(sid, out _);
                await other.OvertakeAsync(async () =>
                {
                    await base.SetAsync(sid, record, cancellationToken);
                    return true;
                });
                return;
            }

            await base.SetAsync(sid, record, cancellationToken);
        }

        public override async ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        )
        {
            var result = await base.TrySetAsync(sid, record, expected, cancellationToken);
            Forget(sid);
            return result;
        }

        protected override void Remove(string sid)
        {
            Forget(sid);
            base.Remove(sid);
        }

        protected override bool Retouch(string sid, SessionRecord record)
        {
            Forget(sid);
            return base.Retouch(sid, record);
        }

        private void Forget(string sid)
        {
            foreach (var instance in _instances)
            {
                instance.Cache.TryRemove(sid, out _);
            }
        }
    }

    private sealed class TouchesTheNext(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();
        private volatile int _writing;

        public override async ValueTask<GetAndTouchResult> GetAndTouchAsync(
            string sid,
            SessionTouchPlan plan,
            CancellationToken cancellationToken = default
        )
        {
            ThrowIfInvalid(sid);
            await EnterAsync(SessionStoreOperation.Get, cancellationToken);
            var row = Find(sid);
            if (row is null || !row.Payload.AsSpan().StartsWith(plan.Prefix.Span) || _writing == 0 || !await _meeting.WaitAsync(20))
            {
                return await base.GetAndTouchAsync(sid, plan, cancellationToken);
            }

            var read = ToRecord(row);
            lock (Space.Gate)
            {
                var touch = SessionRecord.TakeOwnership(read.Payload, plan.Expires);
                return Retouch(sid, touch) && ExpiryOf(touch) > Now
                    ? new GetAndTouchResult
                    {
                        Record = SessionRecord.TakeOwnership(read.Payload, ExpiryOf(touch), read.Token),
                        IsTouched = true,
                    }
                    : default;
            }
        }

        public override async ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        )
        {
            Interlocked.Increment(ref _writing);
            await Task.Delay(1, CancellationToken.None);
            try
            {
                return await base.TrySetAsync(sid, record, expected, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _writing);
                _meeting.Come();
            }
        }
    }

    private sealed class SeesFailedDestroy(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, bool> _gone = new();

        public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
        {
            try
            {
                await base.DestroyAsync(sid, cancellationToken);
                _gone.TryRemove(sid, out _);
            }
            catch (SessionStoreUnavailableException)
            {
                _gone[sid] = true;
                throw;
            }
        }

        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            var read = await base.GetAsync(sid, cancellationToken);
            return _gone.TryRemove(sid, out _) ? null : read;
        }
    }

    private sealed class WritesFailedAgain(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, SessionRecord> _failed = new();

        public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            try
            {
                await base.SetAsync(sid, record, cancellationToken);
            }
            catch (SessionStoreUnavailableException)
            {
                _failed[sid] = record;
                throw;
            }
        }

        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            var read = await base.GetAsync(sid, cancellationToken);

            // Once now, and once more after the next write.
            if (_failed.TryGetValue(sid, out var record))
            {
                await PutAsync(sid, record);
            }

            return read;
        }
    }
}
