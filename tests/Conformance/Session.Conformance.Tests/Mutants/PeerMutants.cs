using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about what other instances do.</summary>
internal static class PeerMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("touches kept in memory", "PER-04", "a touched session, after reopening", s => new TouchesInMemory(s)),
            Mutant.Of("a prefix of each instance", "PEER-01", "what the first instance has set", s => new PrivatePrefix(s)),
            Mutant.Of("a cache in each instance", "PEER-02", "what the first instance has destroyed", s => new Caches(s)),
            Mutant.Of("touch known to one instance", "PEER-03", "touched by the other instance", s => new TouchesInMemory(s)),
            Mutant.Of("own writes are read from memory", "PEER-04", "two different ones", s => new ReadsOwnWrites(s)),
            Mutant.Racing("schema race", "PEER-06", "the first set of one of two instances", s => new SchemaRace(s)),
            Mutant.Of("compares with its own memory", "PEER-07", "after a set by the other instance: Changed", s => new ComparesInMemory(
                s
            )),
        ];

    private sealed class TouchesInMemory(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<object, DateTimeOffset> _touched = new();

        protected override Row? Find(string sid) =>
            Space.Rows.TryGetValue(sid, out var row)
            && (_touched.TryGetValue(row.Content, out var expires) ? row with { Expires = expires } : row) is var now
            && IsLive(now)
                ? now
                : null;

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
        private static int _instances;

        private readonly string _prefix = $"{Interlocked.Increment(ref _instances)}:";

        protected override string Key(string sid) => _prefix + sid;

        protected override string SidOf(string key) => key[_prefix.Length..];

        protected override IEnumerable<KeyValuePair<string, Row>> Listed() =>
            Space.Rows.Where(entry => entry.Key.StartsWith(_prefix, StringComparison.Ordinal));
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
        private static readonly ConcurrentDictionary<Space, (int Count, Meeting Meeting)> Creating = new();
        private readonly SemaphoreSlim _opening = new(1);
        private bool _created;

        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            await _opening.WaitAsync(CancellationToken.None);
            try
            {
                if (!_created)
                {
                    var creating = Creating.AddOrUpdate(
                        Space,
                        static _ => (1, new Meeting()),
                        static (_, before) => before with { Count = before.Count + 1 }
                    );
                    await creating.Meeting.MeetAsync();
                    Creating.AddOrUpdate(Space, creating, static (_, before) => before with { Count = before.Count - 1 });
                    _created = true;
                    if (creating.Count > 1)
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

        public override async ValueTask<ConditionalSetResult> TrySetAsync(
            string sid,
            SessionRecord record,
            SessionRecord? expected,
            CancellationToken cancellationToken = default
        )
        {
            if (
                Sid.IsValid(sid)
                && record is not null
                && expected?.Token is { } token
                && _known.TryGetValue(sid, out var known)
                && known == token
                && Find(sid) is not null
            )
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
}
