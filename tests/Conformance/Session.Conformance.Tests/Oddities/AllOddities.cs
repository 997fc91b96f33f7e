using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ServerSessions.Conformance.Tests.Reference;
using ServerSessions.Payload;

namespace ServerSessions.Conformance.Tests.Oddities;

internal static class AllOddities
{
    public static IReadOnlyList<Oddity> All { get; } =
    [
        Of("always asynchronous", s => new Asynchronous(s, TimeSpan.Zero)),
        Of("slow: 1 ms and more a call", s => new Asynchronous(s, TimeSpan.FromMilliseconds(1))),
        Of(
            "expiry in whole seconds, rounded up",
            s => new WholeSeconds(s),
            settings => settings with { Granularity = TimeSpan.FromSeconds(1) }
        ),
        Of("expired sessions are removed by a timer at once", s => new Eager(s), settings => settings with { PrunesInBackground = true }),
        Of(
            "ids hashed at rest, three methods only",
            s => new ThreeMethods(new HashedIds(s)),
            settings => settings with { HidesIds = true }
        ),
        Of("payload re-encoded with reordered keys", s => new Reorders(s), settings => settings with { Fidelity = PayloadFidelity.Json }),
        Of("default lifetime of its own", s => new OwnLifetime(s), settings => settings with { DefaultLifetime = TimeSpan.FromDays(14) }),
        Of("ignores a cancelled token and completes", s => new IgnoresCancellation(s)),
        Of("three methods, nothing else", s => new ThreeMethods(new ReferenceStore(s))),
        Of("opened on first use", s => new OpensLate(s)),
        Of("absence is SessionNotFoundException", s => new Throws(s, static () =>
            new SessionNotFoundException(SessionStoreOperation.Get, "Odd")
        )),
        Of("absence is SessionNotFoundException, and missing files are declared too", s => new Throws(
            s,
            static () => new SessionNotFoundException(SessionStoreOperation.Get, "Odd"),
            declares: true
        )),
        Of("absence is FileNotFoundException, declared", s => new Throws(s, static () => new FileNotFoundException(), declares: true)),
        Of("absence is DirectoryNotFoundException, declared", s => new Throws(
            s,
            static () => new DirectoryNotFoundException(),
            declares: true
        )),
        Of("declares missing files and returns null", s => new Throws(s, static () => null, declares: true)),
        Of("refuses calls after disposal", s => new RefusesAfterDisposal(s)),
        Of("peers see writes after a while", s => new Eventual(s), settings => settings with { PeerStaleness = TimeSpan.FromSeconds(5) }),
        new("real time", static () => new ReferenceHarness(time: StoreTime.Real)),
        new("the backend's clock", static () => new BackendClock()),
        new("nothing but the mandatory method", static () => new Mandatory()),
    ];

    private static Oddity Of(string name, Func<Setup, ISessionStore> make, Func<HarnessSettings, HarnessSettings>? settings = null) =>
        new(name, () => new ReferenceHarness(make, settings?.Invoke(ReferenceHarness.DefaultSettings)));

    private sealed class Mandatory : SessionStoreHarness
    {
        private readonly Server _server = new();

        public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISessionStore>(new ReferenceStore(new Setup(request, _server.Space(request.Space))));
    }

    private sealed class Asynchronous(Setup s, TimeSpan delay) : ReferenceStore(s)
    {
        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            await base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class WholeSeconds(Setup s) : ReferenceStore(s)
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

    private sealed class Eager(Setup s) : ReferenceStore(s)
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

    private sealed class HashedIds(Setup s) : ReferenceStore(s)
    {
        protected override string Key(string sid) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(sid))) + sid[..0];
    }

    private sealed class Reorders(Setup s) : ReferenceStore(s)
    {
        protected override byte[] Encode(ReadOnlyMemory<byte> payload)
        {
            SessionDocument.Parse(payload);
            if (Encoding.UTF8.GetString(payload.Span).Contains("\\ud800b", StringComparison.Ordinal))
            {
                throw new SessionStoreException(
                    "A text with half a surrogate pair cannot be kept.",
                    SessionStoreOperation.Set,
                    "Odd",
                    isTransient: false
                );
            }

            var members = JsonNode.Parse(payload.Span, documentOptions: new() { MaxDepth = 128 })!.AsObject().Reverse().ToArray();
            var texts = members.Select(static member =>
                $"{System.Text.Json.JsonSerializer.Serialize(member.Key)}: {member.Value?.ToJsonString(Deep) ?? "null"}"
            );
            return Encoding.UTF8.GetBytes($"{{{string.Join(" , ", texts)}}}");
        }

        protected override bool Same(Row row, SessionRecord expected) =>
            expected.Token is { } token ? token == row.Content : Encode(expected.Payload).AsSpan().SequenceEqual(row.Payload);

        private static System.Text.Json.JsonSerializerOptions Deep { get; } = new() { MaxDepth = 128 };
    }

    private sealed class OwnLifetime(Setup s) : ReferenceStore(s)
    {
        protected override TimeSpan Lifetime => TimeSpan.FromDays(14);
    }

    private sealed class IgnoresCancellation(Setup s) : ReferenceStore(s)
    {
        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            base.EnterAsync(operation, Space.Fault == StoreFault.Hang ? cancellationToken : CancellationToken.None);
    }

    private sealed class ThreeMethods(ReferenceStore store) : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            store.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            store.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            store.DestroyAsync(sid, cancellationToken);
    }

    private sealed class OpensLate(Setup s) : ReferenceStore(s)
    {
        private readonly SemaphoreSlim _opening = new(1);
        private bool _open;

        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            if (!Volatile.Read(ref _open))
            {
                await _opening.WaitAsync(cancellationToken);
                try
                {
                    await Task.Delay(3, CancellationToken.None);
                    Volatile.Write(ref _open, true);
                }
                finally
                {
                    _opening.Release();
                }
            }

            await base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class Throws(Setup s, Func<Exception?> absence, bool declares = false) : ReferenceStore(s)
    {
        public override bool MissingFileMeansAbsent => declares;

        protected override SessionRecord? Absent(string sid) => absence() is { } error ? throw error : null;
    }

    private sealed class RefusesAfterDisposal(Setup s) : ReferenceStore(s)
    {
        private bool _disposed;

        public override ValueTask DisposeAsync()
        {
            _disposed = true;
            return base.DisposeAsync();
        }

        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class Eventual(Setup s) : ReferenceStore(s)
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

    private sealed class BackendClock : ReferenceHarness
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
