using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Oddities;

/// <summary>How time passes: when sessions expire, and when others see a write.</summary>
internal static class TimeOddities
{
    public sealed class WholeSeconds(Setup s) : ReferenceStore(s)
    {
        protected override DateTimeOffset ExpiryOf(SessionRecord record)
        {
            var expires = base.ExpiryOf(record).ToUniversalTime();
            var rest = expires.Ticks % TimeSpan.TicksPerSecond;
            return rest == 0 || expires <= Now || expires > DateTimeOffset.MaxValue.AddSeconds(-1)
                ? expires
                : expires.AddTicks(TimeSpan.TicksPerSecond - rest);
        }
    }

    public sealed class Eager(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, ITimer> _timers = new();

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            Schedule(sid);
        }

        protected override bool Retouch(string sid, SessionRecord record)
        {
            var there = base.Retouch(sid, record);
            Schedule(sid);
            return there;
        }

        public override ValueTask DisposeAsync()
        {
            foreach (var timer in _timers.Values)
            {
                timer.Dispose();
            }

            return base.DisposeAsync();
        }

        private void Schedule(string sid)
        {
            if (_timers.TryRemove(sid, out var old))
            {
                old.Dispose();
            }

            if (Find(sid) is { } row && row.Expires - Now < TimeSpan.FromDays(40))
            {
                _timers[sid] = Request.Clock.CreateTimer(_ => RemoveExpired(sid), null, row.Expires - Now, Timeout.InfiniteTimeSpan);
            }
        }

        private void RemoveExpired(string sid)
        {
            lock (Space.Gate)
            {
                if (Find(sid) is null)
                {
                    Space.Rows.TryRemove(sid, out _);
                }
            }
        }
    }

    public sealed class OwnLifetime(Setup s) : ReferenceStore(s)
    {
        protected override TimeSpan Lifetime => TimeSpan.FromDays(14);
    }

    public sealed class Eventual(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, (Row? Row, DateTimeOffset Until)> _seen = new();

        // What this instance has read it may go on reading for five seconds; what it writes it knows.
        protected override Row? Find(string sid)
        {
            if (!_seen.TryGetValue(sid, out var seen) || seen.Until <= Now)
            {
                _seen[sid] = seen = (base.Find(sid), Now.AddSeconds(5));
            }

            return seen.Row is { } row && IsLive(row) ? row : null;
        }

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            _seen.TryRemove(sid, out _);
        }

        protected override void Remove(string sid)
        {
            base.Remove(sid);
            _seen.TryRemove(sid, out _);
        }

        public override ValueTask ClearAsync(CancellationToken cancellationToken = default)
        {
            _seen.Clear();
            return base.ClearAsync(cancellationToken);
        }

        protected override bool Retouch(string sid, SessionRecord record)
        {
            _seen.TryRemove(sid, out _);
            var there = base.Retouch(sid, record);
            _seen.TryRemove(sid, out _);
            return there;
        }

        public override ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        )
        {
            if (Sid.IsValid(sid))
            {
                _seen.TryRemove(sid, out _);
            }

            return base.TrySetAsync(sid, record, expected, cancellationToken);
        }
    }

    public sealed class BackendClock : ReferenceHarness
    {
        private TimeSpan _ahead;

        public BackendClock()
            : base(time: StoreTime.Backend) { }

        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore>(new OnBackendTime(new Setup(request, Server.Space(request.Space)), this));

        public override ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore?>(new OnBackendTime(new Setup(request, Server.Space(request.Space)), this));

        public override async ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
            await CreateStoreAsync(request, cancellationToken);

        public override ValueTask AdvanceAsync(TimeSpan by, CancellationToken cancellationToken)
        {
            _ahead += by;
            return ValueTask.CompletedTask;
        }

        private sealed class OnBackendTime(Setup s, BackendClock harness) : ReferenceStore(s)
        {
            protected override DateTimeOffset Now => TimeProvider.System.GetUtcNow() + harness._ahead;
        }
    }
}
