using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Mutants;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Model;

/// <summary>Wrong after some calls in a row only, which no case by hand makes.</summary>
internal static class ProgramMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("one set in 13 is lost", "CON-10", "GSD-11", s => new LosesSome(s)),
            Mutant.Of("a set of equal bytes keeps the expiry", "CON-10", "the bytes it had", s => new SkipsEqualBytes(s)),
            Mutant.Of("versions begin again after a destroy", "CON-10", "CND-0", s => new VersionsBeginAgain(s)),
            Mutant.Of("length counts what this instance has set", "CON-10", "ENU-06", s => new CountsItsOwn(s)),
            Mutant.Of("a listing leaves out what was set meanwhile", "CON-10", "ENU-02", s => new ListsWhatWas(s)),
            Mutant.Of("prune goes by an index that a touch does not move", "CON-10", "; prune", s => new PrunesByIndex(s)),
            Mutant.Of("a refused try-set takes back the last touch", "CON-10", "TCH-0", s => new TakesBackTouch(s)),
        ];

    private sealed class LosesSome(Setup s) : ReferenceStore(s)
    {
        private int _sets;

        protected override void Put(string sid, SessionRecord record)
        {
            if (++_sets % 13 != 0)
            {
                base.Put(sid, record);
            }
        }
    }

    private sealed class SkipsEqualBytes(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            if (ExpiryOf(record) <= Now || Find(sid) is not { } row || !row.Payload.AsSpan().SequenceEqual(record.Payload.Span))
            {
                base.Put(sid, record);
            }
        }
    }

    private sealed class VersionsBeginAgain(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            var version = Find(sid) is { Content: int last } ? last + 1 : 1;
            base.Put(sid, record);
            if (Find(sid) is { } row)
            {
                Space.Rows[Key(sid)] = row with { Content = version };
            }
        }

        protected override bool Same(Row row, SessionRecord expected) =>
            expected.Token is { } token ? token.Equals(row.Content) : base.Same(row, expected);
    }

    private sealed class CountsItsOwn(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, bool> _own = new();

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            _own[sid] = true;
        }

        public override async ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
        {
            await EnterAsync(SessionStoreOperation.Length, cancellationToken);
            return Space.Rows.Count(entry => IsLive(entry.Value) && _own.ContainsKey(entry.Key));
        }
    }

    private sealed class ListsWhatWas(Setup s) : ReferenceStore(s)
    {
        private int _version;

        protected override IEnumerable<KeyValuePair<string, Row>> Listed()
        {
            var version = Volatile.Read(ref _version);
            var rows = Space.Rows.ToArray();
            foreach (var (key, row) in rows)
            {
                if (version == _version || (Space.Rows.TryGetValue(key, out var now) && now == row))
                {
                    yield return new(key, row);
                }
            }
        }

        protected override void Put(string sid, SessionRecord record)
        {
            Interlocked.Increment(ref _version);
            base.Put(sid, record);
        }
    }

    private sealed class PrunesByIndex(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, DateTimeOffset> _index = new();

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            _index[Key(sid)] = ExpiryOf(record);
        }

        protected override int Prune(int batch)
        {
            foreach (var (key, expires) in _index)
            {
                if (expires <= Now && Space.Rows.TryGetValue(key, out var row) && IsLive(row))
                {
                    Space.Rows[key] = row with { Expires = Now };
                }
            }

            return base.Prune(batch);
        }
    }

    private sealed class TakesBackTouch(Setup s) : ReferenceStore(s)
    {
        private readonly Dictionary<string, DateTimeOffset> _before = new(StringComparer.Ordinal);

        protected override void Put(string sid, SessionRecord record)
        {
            _before.Remove(sid);
            base.Put(sid, record);
        }

        protected override bool Retouch(string sid, SessionRecord record)
        {
            if (Find(sid) is { } row)
            {
                _before[sid] = row.Expires;
            }

            return base.Retouch(sid, record);
        }

        protected override ConditionalSetResult Compare(Row? row, SessionRecord? expected)
        {
            var result = base.Compare(row, expected);
            if (result == ConditionalSetResult.Changed)
            {
                foreach (var (sid, expires) in _before)
                {
                    if (Find(sid) is { } touched)
                    {
                        Space.Rows[Key(sid)] = touched with { Expires = expires };
                    }
                }
            }

            return result;
        }
    }
}
