using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong in get, set and destroy.</summary>
internal static class BasicMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("get makes up an empty session", "GSD-01", "was never stored: absent", s => new MakesUp(s)),
            Mutant.Of(
                "get throws KeyNotFoundException if missing",
                "GSD-01",
                "GetAsync throws KeyNotFoundException",
                s => new ThrowsOnAbsence(s)
            ),
            Mutant.Of("last key dropped", "GSD-02", "the values that differ: 'last'", s => new DropsLastKey(s)),
            Mutant.Of("merges on set", "GSD-03", "the values that differ: 'old'", s => new Merges(s)),
            Mutant.Of("set is insert-only", "GSD-03", "after the second set", s => new InsertOnly(s)),
            Mutant.Of("destroy is a no-op", "GSD-04", "after destroy: absent (null)", s => new NeverDestroys(s)),
            Mutant.Of("destroy throws if missing", "GSD-05", "DestroyAsync throws InvalidOperationException", s => new DestroyThrows(s)),
            Mutant.Of("a tombstone blocks the second destroy", "GSD-06", "the second destroy: no exception", s => new SecondDestroyThrows(
                s
            )),
            Mutant.Of("permanent tombstone", "GSD-07", "set after destroy: the session that was stored", s => new Tombstones(s)),
            Mutant.Of("destroy by prefix", "GSD-08", "another session, after destroy", s => new DestroysByPrefix(s)),
            Mutant.Of("get consumes", "GSD-09", "the same get again", s => new Consumes(s)),
            Mutant.Of("empty session is not found", "GSD-10", "a session with a cookie and no value", s => new EmptyIsAbsent(s)),
            Mutant.Of("write-behind", "GSD-11", "the get right after the second set", s => new WriteBehind(s)),
            Mutant.Of("content-addressed sharing", "GSD-12", "after the first was destroyed", s => new ContentAddressed(s)),
            Mutant.Of("any sid is accepted", "GSD-13", "get of null: ArgumentException", s => new AnySid(s)),
            Mutant.Of("null record means remove", "GSD-14", "set of a null record: ArgumentException", s => new NullRemoves(s)),
            Mutant.Racing(
                "expiry sent as a second command",
                "GSD-15",
                "the payload of one write with the expiry of another",
                s => new TwoCommands(s)
            ),
        ];

    private sealed class MakesUp(Setup s) : ReferenceStore(s)
    {
        protected override SessionRecord? Absent(string sid) => new("""{"cookie":{}}"""u8, Now.AddHours(1));
    }

    private sealed class ThrowsOnAbsence(Setup s) : ReferenceStore(s)
    {
        protected override SessionRecord? Absent(string sid) => throw new KeyNotFoundException("no such key");
    }

    private sealed class DropsLastKey(Setup s) : ReferenceStore(s)
    {
        protected override byte[] Encode(ReadOnlyMemory<byte> payload)
        {
            if (!Documents.TryParse(payload, out var document) || document.Count < 2)
            {
                return payload.ToArray();
            }

            document.Remove(document.Keys[^1]);
            return document.ToPayload();
        }
    }

    private sealed class Merges(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            if (
                Find(sid) is { } row
                && Documents.TryParse(row.Payload, out var merged)
                && Documents.TryParse(record.Payload, out var document)
            )
            {
                foreach (var key in document.Keys)
                {
                    document.TryGetJson(key, out var json);
                    merged.SetJson(key, json);
                }

                merged.CookieJson = document.CookieJson;
                record = new SessionRecord(merged.ToPayload(), record.Expires);
            }

            base.Put(sid, record);
        }
    }

    private sealed class InsertOnly(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            if (Find(sid) is null)
            {
                base.Put(sid, record);
            }
        }
    }

    private sealed class NeverDestroys(Setup s) : ReferenceStore(s)
    {
        public override ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            EnterAsync(SessionStoreOperation.Destroy, cancellationToken);
    }

    private sealed class DestroyThrows(Setup s) : ReferenceStore(s)
    {
        public override ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            Sid.IsValid(sid) && Find(sid) is null
                ? throw new InvalidOperationException("0 rows")
                : base.DestroyAsync(sid, cancellationToken);
    }

    private sealed class SecondDestroyThrows(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, bool> _dead = new();

        protected override void Remove(string sid)
        {
            if (Find(sid) is not null && !_dead.TryAdd(sid, true) || (Find(sid) is null && _dead.ContainsKey(sid)))
            {
                throw new InvalidOperationException("a tombstone");
            }

            base.Remove(sid);
        }
    }

    private sealed class Tombstones(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, bool> _dead = new();

        protected override void Remove(string sid)
        {
            _dead[sid] = true;
            base.Remove(sid);
        }

        protected override void Put(string sid, SessionRecord record)
        {
            if (!_dead.ContainsKey(sid))
            {
                base.Put(sid, record);
            }
        }
    }

    private sealed class DestroysByPrefix(Setup s) : ReferenceStore(s)
    {
        protected override void Remove(string sid)
        {
            foreach (var key in Space.Rows.Keys.Where(key => key.StartsWith(sid, StringComparison.Ordinal)))
            {
                Space.Rows.TryRemove(key, out _);
            }
        }
    }

    private sealed class Consumes(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            var record = await base.GetAsync(sid, cancellationToken);
            Space.Rows.TryRemove(sid, out _);
            return record;
        }
    }

    private sealed class EmptyIsAbsent(Setup s) : ReferenceStore(s)
    {
        protected override Row? Find(string sid) =>
            base.Find(sid) is { } row && (!Documents.TryParse(row.Payload, out var document) || document.Count > 0) ? row : null;
    }

    private sealed class WriteBehind(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, SessionRecord> _queued = new();

        protected override void Put(string sid, SessionRecord record)
        {
            if (Find(sid) is null)
            {
                base.Put(sid, record);
            }
            else if (_queued.TryRemove(sid, out var earlier))
            {
                base.Put(sid, earlier);
                _queued[sid] = record;
            }
            else
            {
                _queued[sid] = record;
            }
        }
    }

    private sealed class ContentAddressed(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            var old = Find(sid);
            base.Put(sid, record);
            Share(old);
        }

        protected override void Remove(string sid)
        {
            var old = Find(sid);
            base.Remove(sid);
            Share(old);
        }

        // The content that nobody refers to any more is thrown away, from all that refer to it.
        private void Share(Row? old)
        {
            foreach (var (key, row) in Space.Rows)
            {
                if (old is not null && row.Payload.AsSpan().SequenceEqual(old.Payload) && row.Expires == old.Expires)
                {
                    Space.Rows.TryRemove(key, out _);
                }
            }
        }
    }

    private sealed class AnySid(Setup s) : ReferenceStore(s)
    {
        protected override void ThrowIfInvalid(string sid) { }

        protected override string Key(string sid) => sid ?? "";
    }

    private sealed class NullRemoves(Setup s) : ReferenceStore(s)
    {
        public override ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            record is null ? DestroyAsync(sid, cancellationToken) : base.SetAsync(sid, record, cancellationToken);
    }

    private sealed class TwoCommands(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();

        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            var read = await base.GetAsync(sid, cancellationToken);
            _meeting.Come();
            return read;
        }

        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            if (Find(sid) is { } row)
            {
                Space.Rows[sid] = row with { Payload = Encode(record.Payload) };
                await _meeting.WaitAsync();
            }

            await base.PutAsync(sid, record);
        }
    }
}
