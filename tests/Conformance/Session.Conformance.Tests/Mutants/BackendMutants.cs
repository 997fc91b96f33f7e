using System.Collections.Concurrent;
using Session.Conformance.Tests.Reference;

namespace Session.Conformance.Tests.Mutants;

/// <summary>Wrong about what lies outside the store object: other instances, the time it is closed, outages, damage.</summary>
internal static class BackendMutants
{
    public static IEnumerable<Mutant> All =>
    [
        Mutant.Of("memory-only", "PER-01", "after reopening: the session that was stored", s => new ReferenceStore(s with { Space = new Space(s.Space.Server) })),
        Mutant.Of("destroy kept in memory only", "PER-02", "a destroyed session, after reopening", s => new DestroysInMemory(s)),
        Mutant.Of("expiry relative to opening", "PER-03", "that ended while the store was closed", s => new RelativeToOpening(s)),
        Mutant.Of("touches kept in memory", "PER-04", "a touched session, after reopening", s => new TouchesInMemory(s)),
        Mutant.Of("a prefix of each instance", "PEER-01", "what the first instance has set", s => new PrivatePrefix(s)),
        Mutant.Of("a cache in each instance", "PEER-02", "what the first instance has destroyed", s => new Caches(s)),
        Mutant.Of("touch known to one instance", "PEER-03", "touched by the other instance", s => new TouchesInMemory(s)),
        Mutant.Of("own writes are read from memory", "PEER-04", "two different ones", s => new ReadsOwnWrites(s)),
        Mutant.Of("schema race", "PEER-06", "the first set of one of two instances", s => new SchemaRace(s)),
        Mutant.Of("compares with its own memory", "PEER-07", "after a set by the other instance: Changed", s => new ComparesInMemory(s)),
        Mutant.Of("swallows errors as not found", "NFD-09", "absent (null)", s => new Swallows(s)),
        Mutant.Of("raw driver exception", "ERR-03", "TimeoutException", s => new RawException(s)),
        Mutant.Of("damage is absence", "ERR-04", "get of a damaged entry", s => new DamageIsAbsence(s)),
        Mutant.Of("one bad row fails all", "ERR-04", "GetAsync throws SessionStoreException", s => new OneBadRow(s)),
        Mutant.Of("ignores failure of set", "ERR-05", "it succeeds", s => new IgnoresFailure(s)),
        Mutant.Of("never reconnects", "ERR-06", "throws SessionStoreUnavailableException", s => new NeverReconnects(s)),
        Mutant.Of("every exception is an outage", "EVT-01", "no Disconnected", s => new EveryExceptionIsOutage(s)),
        Mutant.Of("an event with every call", "EVT-02", "Disconnected at most once", s => new EventPerCall(s)),
        Mutant.Of("handler's exception escapes", "EVT-03", "the store's own exception", s => new HandlerEscapes(s)),
    ];

    private sealed class DestroysInMemory(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, bool> _dead = new();

        protected override Row? Find(string sid) => _dead.ContainsKey(sid) ? null : base.Find(sid);

        protected override void Remove(string sid) => _dead[sid] = true;

        protected override void Put(string sid, SessionRecord record)
        {
            _dead.TryRemove(sid, out _);
            base.Put(sid, record);
        }
    }

    private sealed class RelativeToOpening : ReferenceStore
    {
        public RelativeToOpening(Setup s)
            : base(s)
        {
            foreach (var (key, row) in Space.Rows.Where(entry => entry.Value.Expires < Now))
            {
                Space.Rows[key] = row with { Expires = Now + (row.Expires - row.Written) };
            }
        }
    }

    private sealed class TouchesInMemory(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<object, DateTimeOffset> _touched = new();

        protected override Row? Find(string sid) => Space.Rows.TryGetValue(sid, out var row)
            && (_touched.TryGetValue(row.Content, out var expires) ? row with { Expires = expires } : row) is var now && IsLive(now) ? now : null;

        protected override bool Retouch(string sid, SessionRecord record)
        {
            if (Find(sid) is not { } row || ExpiryOf(record) <= Now)
            {
                return base.Retouch(sid, record);
            }

            _touched[row.Content] = ExpiryOf(record);
            return true;
        }
    }

    private sealed class PrivatePrefix(Setup s) : ReferenceStore(s)
    {
        private static int s_instances;

        private readonly string _prefix = $"{Interlocked.Increment(ref s_instances)}:";

        protected override string Key(string sid) => _prefix + sid;

        protected override string SidOf(string key) => key[_prefix.Length..];

        protected override IEnumerable<KeyValuePair<string, Row>> Listed() => Space.Rows.Where(entry => entry.Key.StartsWith(_prefix, StringComparison.Ordinal));
    }

    private sealed class Caches(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, Row> _cache = new();

        protected override Row? Find(string sid)
        {
            if (!_cache.TryGetValue(sid, out var row) && base.Find(sid) is { } found)
            {
                _cache[sid] = row = found;
            }

            return row is not null && IsLive(row) ? row : null;
        }

        protected override void Put(string sid, SessionRecord record)
        {
            _cache.TryRemove(sid, out _);
            base.Put(sid, record);
        }

        protected override void Remove(string sid)
        {
            _cache.TryRemove(sid, out _);
            base.Remove(sid);
        }

        protected override bool Retouch(string sid, SessionRecord record)
        {
            _cache.TryRemove(sid, out _);
            return base.Retouch(sid, record);
        }
    }

    private sealed class ReadsOwnWrites(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, Row> _written = new();

        protected override Row? Find(string sid) =>
            Space.Rows.ContainsKey(sid) && _written.TryGetValue(sid, out var own) && IsLive(own) ? own : base.Find(sid);

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            if (Space.Rows.TryGetValue(sid, out var row))
            {
                _written[sid] = row;
            }
        }

        protected override bool Retouch(string sid, SessionRecord record)
        {
            _written.TryRemove(sid, out _);
            return base.Retouch(sid, record);
        }
    }

    private sealed class SchemaRace(Setup s) : ReferenceStore(s)
    {
        private static readonly ConcurrentDictionary<Space, int> s_creating = new();
        private readonly SemaphoreSlim _opening = new(1);
        private bool _created;

        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            await _opening.WaitAsync(CancellationToken.None);
            try
            {
                if (!_created)
                {
                    var others = s_creating.AddOrUpdate(Space, 1, static (_, count) => count + 1);
                    await Task.Delay(5, CancellationToken.None);
                    s_creating.AddOrUpdate(Space, 0, static (_, count) => count - 1);
                    _created = true;
                    if (others > 1)
                    {
                        throw new SessionStoreException("The table is there already.", operation, "Mutant", isTransient: false);
                    }
                }
            }
            finally
            {
                _opening.Release();
            }

            await base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class ComparesInMemory(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, object> _known = new();

        public override async ValueTask<ConditionalSetResult> TrySetAsync(string sid, SessionRecord record, SessionRecord? expected, CancellationToken cancellationToken = default)
        {
            if (Sid.IsValid(sid) && record is not null && expected?.Token is { } token && _known.TryGetValue(sid, out var known) && known == token && Find(sid) is not null)
            {
                await PutAsync(sid, record);
                return ConditionalSetResult.Stored;
            }

            return await base.TrySetAsync(sid, record!, expected, cancellationToken);
        }

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            if (Space.Rows.TryGetValue(sid, out var row))
            {
                _known[sid] = row.Content;
            }
        }
    }

    private sealed class Swallows(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            try
            {
                return await base.GetAsync(sid, cancellationToken);
            }
            catch (SessionStoreUnavailableException)
            {
                return null;
            }
        }
    }

    private sealed class RawException(Setup s) : ReferenceStore(s)
    {
        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            Space.Fault == StoreFault.Unavailable ? throw new TimeoutException("The operation has timed out.") : base.EnterAsync(operation, cancellationToken);
    }

    private sealed class DamageIsAbsence(Setup s) : ReferenceStore(s)
    {
        protected override Row? Find(string sid) => base.Find(sid) is { Damaged: false } row ? row : null;
    }

    private sealed class OneBadRow(Setup s) : ReferenceStore(s)
    {
        protected override Row? Find(string sid) => Space.Rows.Values.FirstOrDefault(static row => row.Damaged) is { } bad ? bad : base.Find(sid);
    }

    private sealed class IgnoresFailure(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            try
            {
                await base.SetAsync(sid, record, cancellationToken);
            }
            catch (SessionStoreUnavailableException)
            {
                // The worst that a store can do.
            }
        }
    }

    private sealed class NeverReconnects(Setup s) : ReferenceStore(s)
    {
        private bool _broken;

        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            _broken |= Space.Fault == StoreFault.Unavailable;
            return _broken ? throw new SessionStoreUnavailableException("The connection is broken.", operation, "Mutant") : base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class EveryExceptionIsOutage(Setup s) : ReferenceStore(s)
    {
        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            try
            {
                await base.EnterAsync(operation, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                RaiseDisconnected();
                throw;
            }
        }
    }

    private sealed class EventPerCall(Setup s) : ReferenceStore(s)
    {
        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            if (Space.Fault == StoreFault.Unavailable)
            {
                RaiseDisconnected();
            }

            return base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class HandlerEscapes(Setup s) : ReferenceStore(s)
    {
        protected override void Raise(EventHandler? handlers) => handlers?.Invoke(this, EventArgs.Empty);
    }
}
