using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about what lies outside the store object: the time it is closed, outages, damage.</summary>
internal static class BackendMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("memory-only", "PER-01", "after reopening: the session that was stored", s => new ReferenceStore(
                s with
                {
                    Space = new Space(s.Space.Server),
                }
            )),
            Mutant.Of("destroy kept in memory only", "PER-02", "a destroyed session, after reopening", s => new DestroysInMemory(s)),
            Mutant.Of("expiry relative to opening", "PER-03", "that ended while the store was closed", s => new RelativeToOpening(s)),
            Mutant.Of("writes when it is disposed", "PER-05", "a session that was set before the crash", s => new WritesAtDisposal(s)),
            Mutant.Of("swallows errors as not found", "NFD-09", "absent (null)", s => new Swallows(s)),
            Mutant.Of("raw driver exception", "ERR-03", "TimeoutException", s => new RawException(s)),
            Mutant.Of("damage is absence", "ERR-04", "get of a damaged entry", s => new DamageIsAbsence(s)),
            Mutant.Of("one bad row fails all", "ERR-04", "GetAsync throws SessionStoreException", s => new OneBadRow(s)),
            Mutant.Of("ignores failure of set", "ERR-05", "it succeeds", s => new IgnoresFailure(s)),
            Mutant.Of("never reconnects", "ERR-06", "throws SessionStoreUnavailableException", s => new NeverReconnects(s)),
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

    private sealed class WritesAtDisposal(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, Row> _held = new();

        public override ValueTask DisposeAsync()
        {
            foreach (var (key, row) in _held)
            {
                Space.Rows[key] = row;
            }

            _held.Clear();
            return base.DisposeAsync();
        }

        protected override Row? Find(string sid) => _held.TryGetValue(sid, out var row) ? (IsLive(row) ? row : null) : base.Find(sid);

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            Hold(sid);
        }

        protected override bool Retouch(string sid, SessionRecord record)
        {
            if (_held.TryRemove(sid, out var row))
            {
                Space.Rows[sid] = row;
            }

            var result = base.Retouch(sid, record);
            Hold(sid);
            return result;
        }

        protected override void Remove(string sid)
        {
            _held.TryRemove(sid, out _);
            base.Remove(sid);
        }

        private void Hold(string sid)
        {
            if (Space.Rows.TryRemove(sid, out var row))
            {
                _held[sid] = row;
            }
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
            Space.Fault == StoreFault.Unavailable
                ? throw new TimeoutException("The operation has timed out.")
                : base.EnterAsync(operation, cancellationToken);
    }

    private sealed class DamageIsAbsence(Setup s) : ReferenceStore(s)
    {
        protected override Row? Find(string sid) => base.Find(sid) is { Damaged: false } row ? row : null;
    }

    private sealed class OneBadRow(Setup s) : ReferenceStore(s)
    {
        protected override Row? Find(string sid) =>
            Space.Rows.Values.FirstOrDefault(static row => row.Damaged) is { } bad ? bad : base.Find(sid);
    }

    private sealed class IgnoresFailure(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            try
            {
                await base.SetAsync(sid, record, cancellationToken);
            }
            catch (SessionStoreException)
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
            return _broken
                ? throw new SessionStoreUnavailableException("The connection is broken.", operation, "Mutant")
                : base.EnterAsync(operation, cancellationToken);
        }
    }
}
