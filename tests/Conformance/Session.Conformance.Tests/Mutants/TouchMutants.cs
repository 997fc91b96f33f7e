using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong in touch.</summary>
internal static class TouchMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("touch is a no-op", "TCH-01", "after the first expiry, before the touched one", s => new NoOp(s)),
            Mutant.Of("touch is for ever", "TCH-01", "after the touched expiry", s => new ForEver(s)),
            Mutant.Of("touch writes data", "TCH-02", "after a touch with another payload", s => new WritesData(s)),
            Mutant.Of("touch drops data", "TCH-02", "after a touch with another payload", s => new DropsData(s)),
            Mutant.Of("touch upserts", "TCH-04", "touch after destroy: absent", s => new Upserts(s)),
            Mutant.Of("touch creates", "TCH-03", "touch of a session that was never stored", s => new Upserts(s)),
            Mutant.Of("touch revives the expired", "TCH-05", "touch after the expiry: absent", s => new RevivesExpired(s)),
            Mutant.Of("touch only lengthens", "TCH-06", "after the earlier expiry of the touch", s => new OnlyLengthens(s)),
            Mutant.Of("touch counts from creation", "TCH-07", "a touch before the expiry", s => new CountsFromCreation(s)),
            Mutant.Of("stale expiry after touch", "TCH-09", "after touch: Expires", s => new StaleExpiry(s)),
            Mutant.Racing("touch reads, then writes back", "TCH-10", "a set among touches", s => new WritesBack(s)),
            Mutant.Of("touch without expiry ignored", "TCH-11", "after a touch without an expiry", s => new IgnoresNone(s)),
            Mutant.Of("touch with an old record writes it", "TCH-12", "with a record read before the last set", s => new WritesData(s)),
            Mutant.Of("touch always returns true", "TCH-13", "touch before set: false", s => new AlwaysTrue(s)),
            Mutant.Of("touch skips a past expiry", "TCH-14", "after a touch with an expiry that is not in the future", s => new SkipsPast(
                s
            )),
            Mutant.Of("touch by prefix", "TCH-15", "another session, after touch", s => new ByPrefix(s)),
            Mutant.Of("throttled touch", "TCH-16", "after two touches in a row", s => new Throttled(s)),
        ];

    private sealed class NoOp(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record) => Find(sid) is not null;
    }

    private sealed class ForEver(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record) =>
            base.Retouch(sid, SessionRecord.TakeOwnership(record.Payload, DateTimeOffset.MaxValue));
    }

    private sealed class WritesData(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record)
        {
            var there = Find(sid) is not null;
            if (there)
            {
                Put(sid, record);
            }

            return there;
        }
    }

    private sealed class DropsData(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record)
        {
            var there = base.Retouch(sid, record);
            if (Find(sid) is { } row)
            {
                Space.Rows[sid] = row with { Payload = Documents.Map(row.Payload, static (_, _) => null) };
            }

            return there;
        }
    }

    private sealed class Upserts(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record)
        {
            var there = base.Retouch(sid, record);
            if (!there)
            {
                Put(sid, record);
            }

            return there;
        }
    }

    private sealed class RevivesExpired(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record)
        {
            if (Space.Rows.TryGetValue(sid, out var row) && ExpiryOf(record) > Now)
            {
                Space.Rows[sid] = row with { Expires = ExpiryOf(record) };
                return true;
            }

            return base.Retouch(sid, record);
        }
    }

    private sealed class OnlyLengthens(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record) =>
            Find(sid) is { } row && ExpiryOf(record) < row.Expires || base.Retouch(sid, record);
    }

    private sealed class CountsFromCreation(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record)
        {
            if (Find(sid) is { } row && ExpiryOf(record) > Now && ExpiryOf(record) < Now.AddYears(50))
            {
                Space.Rows[sid] = row with { Expires = row.Written + (ExpiryOf(record) - Now) };
                return true;
            }

            return base.Retouch(sid, record);
        }
    }

    private sealed class StaleExpiry(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<object, DateTimeOffset> _first = new();

        protected override SessionRecord ToRecord(Row row)
        {
            var record = base.ToRecord(row);
            return SessionRecord.TakeOwnership(record.Payload, _first.GetOrAdd(row.Content, row.Expires), record.Token);
        }

        protected override void Put(string sid, SessionRecord record)
        {
            base.Put(sid, record);
            if (Space.Rows.TryGetValue(sid, out var row))
            {
                _first[row.Content] = row.Expires;
            }
        }
    }

    private sealed class WritesBack(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();

        public override async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            await base.SetAsync(sid, record, cancellationToken);
            _meeting.Come();
        }

        public override async ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            ThrowIfInvalid(sid);
            ThrowIfInvalid(record);
            if (Find(sid) is not { } row)
            {
                return await base.TouchAsync(sid, record, cancellationToken);
            }

            await _meeting.WaitAsync();
            await base.TouchAsync(sid, record, cancellationToken);
            lock (Space.Gate)
            {
                if (Find(sid) is { } now)
                {
                    Space.Rows[sid] = now with { Payload = row.Payload };
                }
            }

            return true;
        }
    }

    private sealed class IgnoresNone(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record) =>
            record.Expires is null ? Find(sid) is not null : base.Retouch(sid, record);
    }

    private sealed class AlwaysTrue(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record) => base.Retouch(sid, record) || true;
    }

    private sealed class SkipsPast(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record) =>
            ExpiryOf(record) <= Now ? Find(sid) is not null : base.Retouch(sid, record);
    }

    private sealed class ByPrefix(Setup s) : ReferenceStore(s)
    {
        protected override bool Retouch(string sid, SessionRecord record)
        {
            var there = base.Retouch(sid, record);
            foreach (
                var (key, row) in Space.Rows.Where(entry => entry.Key.StartsWith(sid, StringComparison.Ordinal) && ExpiryOf(record) > Now)
            )
            {
                Space.Rows[key] = row with { Expires = ExpiryOf(record) };
            }

            return there;
        }
    }

    private sealed class Throttled(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, DateTimeOffset> _last = new();

        protected override bool Retouch(string sid, SessionRecord record)
        {
            if (
                Find(sid) is not null
                && ExpiryOf(record) > Now
                && _last.TryGetValue(sid, out var last)
                && Now - last < TimeSpan.FromMinutes(1)
            )
            {
                return true;
            }

            _last[sid] = Now;
            return base.Retouch(sid, record);
        }
    }
}
