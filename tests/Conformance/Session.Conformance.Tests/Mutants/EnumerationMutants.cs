using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong in all, length and clear.</summary>
internal static class EnumerationMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("an empty store cannot be listed", "ENU-01", "AllAsync throws InvalidOperationException", s => new EmptyThrows(s)),
            Mutant.Of("listing off by one", "ENU-02", "1 of 7 missing", s => new SkipsFirst(s)),
            Mutant.Of("expired counted", "ENU-03", "length of two live sessions and three expired ones: 2", s => new CountsExpired(s)),
            Mutant.Of("destroyed listed", "ENU-04", "three sessions, one of them destroyed: no other", s => new ListsDestroyed(s)),
            Mutant.Of("ids listed with their prefix", "ENU-05", "all of unusual ids", s => new ListsKeys(s)),
            Mutant.Of("length counts upserts", "ENU-06", "one set again", s => new CountsWrites(s)),
            Mutant.Of("the last page is lost", "ENU-07", "of 1000 missing", s => new LosesPage(s)),
            Mutant.Of("enumerator over what changes", "ENU-08", "AllAsync throws InvalidOperationException", s => new LiveEnumerator(s)),
            Mutant.Of("listings are not given back", "ENU-09", "throws SessionStoreUnavailableException", s => new LeaksCursors(s)),
            Mutant.Of("listing ignores its token", "ENU-10", "it goes on to its end", s => new IgnoresToken(s)),
            Mutant.Of("clear removes one page", "ENU-11", "length of after clear: 0", s => new ClearsPage(s)),
            Mutant.Of("nothing works after clear", "ENU-11", "set after clear: no exception", s => new ClearBreaks(s)),
            Mutant.Of("clear empties the whole server", "ENU-12", "a session in another space, after clear", s => new ClearsServer(s)),
        ];

    private abstract class Listing(Setup s) : ReferenceStore(s)
    {
        protected abstract IEnumerable<SessionEntry> Change(IReadOnlyList<SessionEntry> entries);

        public override async IAsyncEnumerable<SessionEntry> AllAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken = default
        )
        {
            var entries = new List<SessionEntry>();
            await foreach (var entry in base.AllAsync(cancellationToken))
            {
                entries.Add(entry);
            }

            foreach (var entry in Change(entries))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return entry;
            }
        }
    }

    private sealed class EmptyThrows(Setup s) : Listing(s)
    {
        protected override IEnumerable<SessionEntry> Change(IReadOnlyList<SessionEntry> entries) =>
            entries.Count == 0 ? throw new InvalidOperationException("no table") : entries;
    }

    private sealed class SkipsFirst(Setup s) : Listing(s)
    {
        protected override IEnumerable<SessionEntry> Change(IReadOnlyList<SessionEntry> entries) => entries.Skip(1);
    }

    private sealed class CountsExpired(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
        {
            await EnterAsync(SessionStoreOperation.Length, cancellationToken);
            return Space.Rows.Count;
        }
    }

    private sealed class ListsDestroyed(Setup s) : Listing(s)
    {
        private readonly ConcurrentDictionary<string, SessionRecord> _dead = new();

        protected override void Remove(string sid)
        {
            if (Find(sid) is { } row)
            {
                _dead[sid] = ToRecord(row);
            }

            base.Remove(sid);
        }

        protected override IEnumerable<SessionEntry> Change(IReadOnlyList<SessionEntry> entries) =>
            entries.Concat(_dead.Select(static entry => new SessionEntry(entry.Key, entry.Value)));
    }

    private sealed class ListsKeys(Setup s) : ReferenceStore(s)
    {
        protected override string SidOf(string key) => "sess:" + key;
    }

    private sealed class CountsWrites(Setup s) : ReferenceStore(s)
    {
        private long _count;

        public override async ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
        {
            await EnterAsync(SessionStoreOperation.Length, cancellationToken);
            return _count;
        }

        public override ValueTask ClearAsync(CancellationToken cancellationToken = default)
        {
            _count = 0;
            return base.ClearAsync(cancellationToken);
        }

        protected override void Put(string sid, SessionRecord record)
        {
            _count++;
            base.Put(sid, record);
        }

        protected override void Remove(string sid)
        {
            _count -= Find(sid) is null ? 0 : 1;
            base.Remove(sid);
        }
    }

    private sealed class LosesPage(Setup s) : Listing(s)
    {
        protected override IEnumerable<SessionEntry> Change(IReadOnlyList<SessionEntry> entries) =>
            entries.Take(entries.Count / 300 * 300 is > 0 and var whole ? whole : entries.Count);
    }

    private sealed class LiveEnumerator(Setup s) : ReferenceStore(s)
    {
        private int _version;

        protected override void Put(string sid, SessionRecord record)
        {
            _version++;
            base.Put(sid, record);
        }

        protected override IEnumerable<KeyValuePair<string, Row>> Listed()
        {
            var version = _version;
            foreach (var entry in Space.Rows)
            {
                if (version != _version)
                {
                    throw new InvalidOperationException("Collection was modified.");
                }

                yield return entry;
            }
        }
    }

    private sealed class LeaksCursors(Setup s) : ReferenceStore(s)
    {
        private int _open;

        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            _open > 100
                ? throw new SessionStoreUnavailableException("No connection is free.", operation, "Mutant")
                : base.EnterAsync(operation, cancellationToken);

        protected override IEnumerable<KeyValuePair<string, Row>> Listed()
        {
            _open++;
            foreach (var entry in Space.Rows)
            {
                yield return entry;
            }

            _open--;
        }
    }

    private sealed class IgnoresToken(Setup s) : ReferenceStore(s)
    {
        public override IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default) => Unstoppable();

        private async IAsyncEnumerable<SessionEntry> Unstoppable()
        {
            await foreach (var entry in base.AllAsync(CancellationToken.None))
            {
                yield return entry;
            }
        }
    }

    private sealed class ClearsPage(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask ClearAsync(CancellationToken cancellationToken = default)
        {
            await EnterAsync(SessionStoreOperation.Clear, cancellationToken);
            foreach (var key in Space.Rows.Keys.Take(20))
            {
                Space.Rows.TryRemove(key, out _);
            }
        }
    }

    private sealed class ClearBreaks(Setup s) : ReferenceStore(s)
    {
        private bool _cleared;

        public override ValueTask ClearAsync(CancellationToken cancellationToken = default)
        {
            _cleared = true;
            return base.ClearAsync(cancellationToken);
        }

        protected override void Put(string sid, SessionRecord record)
        {
            if (_cleared)
            {
                throw new DirectoryNotFoundException();
            }

            base.Put(sid, record);
        }
    }

    private sealed class ClearsServer(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask ClearAsync(CancellationToken cancellationToken = default)
        {
            await EnterAsync(SessionStoreOperation.Clear, cancellationToken);
            foreach (var space in Space.Server.Spaces)
            {
                space.Rows.Clear();
            }
        }
    }
}
