using System.Collections.Concurrent;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong when many call at once.</summary>
internal static class ConcurrencyMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("unlocked copy on write", "CON-01", "one of 64 sessions that were set at once", s => new CopyOnWrite(s)),
            Mutant.Of("interleaved field writes", "CON-02", "after eight sets at once", s => new TwoHalves(s)),
            Mutant.Of("removed, then written again", "CON-03", "during sets", s => new RemoveThenWrite(s)),
            Mutant.Of("two copies, written one after the other", "CON-04", "two gets return different records", s => new TwoCopies(s)),
            Mutant.Of("touch restores what it read", "CON-05", "with touches at the same time", s => new TouchRestores(s)),
            Mutant.Of("two readers remove one expired entry", "CON-06", "GetAsync throws InvalidOperationException", s => new RemovesOnRead(
                s
            )),
            Mutant.Of("lazy opening without a lock", "CON-07", "as one of 32 first calls", s => new OpensUnlocked(s)),
            Mutant.Hanging("blocks on the caller's context", "CON-08", "did not end within", s => new Blocks(s)),
            Mutant.Of("acknowledged before it is written", "CON-09", "no order of the calls explains it", s => new AcknowledgesEarly(s)),
        ];

    private sealed class CopyOnWrite(Setup s) : ReferenceStore(s)
    {
        private readonly Space _space = s.Space;
        private readonly Meeting _meeting = new();

        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            var copy = _space.Rows.ToArray();
            await _meeting.MeetAsync();
            await base.PutAsync(sid, record);
            lock (Space.Gate)
            {
                // What others have added since the copy was made is not in it.
                foreach (var key in _space.Rows.Keys.Except(copy.Select(static entry => entry.Key).Append(sid)))
                {
                    _space.Rows.TryRemove(key, out _);
                }
            }
        }
    }

    private sealed class TwoHalves(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();

        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            // A new one in halves too: eight are four pairs, and of a pair the first to begin ends last.
            var old = Find(sid);
            if (ExpiryOf(record) <= Now || (old is not null && old.Payload.Length != record.Payload.Length))
            {
                await base.PutAsync(sid, record);
                return;
            }

            var half = record.Payload.Length / 2;
            Half(sid, record, 0, half);
            await _meeting.MeetAsync();
            Half(sid, record, half, record.Payload.Length);
        }

        private void Half(string sid, SessionRecord record, int from, int to)
        {
            lock (Space.Gate)
            {
                var bytes =
                    Space.Rows.TryGetValue(sid, out var row) && row.Payload.Length == record.Payload.Length
                        ? (byte[])row.Payload.Clone()
                        : record.Payload.ToArray();
                record.Payload.Span[from..to].CopyTo(bytes.AsSpan(from));
                Space.Rows[sid] = new Row(bytes, ExpiryOf(record), new object(), Now);
            }
        }
    }

    private sealed class RemoveThenWrite(Setup s) : ReferenceStore(s)
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
            if (Space.Rows.TryRemove(sid, out _))
            {
                await _meeting.WaitAsync();
            }

            await base.PutAsync(sid, record);
        }
    }

    private sealed class TwoCopies(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, Row?> _copy = new();
        private readonly Meeting _meeting = new();
        private int _reads;

        protected override Row? Find(string sid) =>
            Interlocked.Increment(ref _reads) % 2 == 0 && _copy.TryGetValue(sid, out var row)
                ? (row is not null && IsLive(row) ? row : null)
                : base.Find(sid);

        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            await base.PutAsync(sid, record);
            await _meeting.MeetAsync(20);
            _copy[sid] = ExpiryOf(record) > Now ? NewRow(record, ExpiryOf(record)) : null;
        }

        public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
        {
            await base.DestroyAsync(sid, cancellationToken);
            await _meeting.MeetAsync(20);
            _copy[sid] = null;
        }

        protected override bool Retouch(string sid, SessionRecord record)
        {
            _copy.TryRemove(sid, out _);
            return base.Retouch(sid, record);
        }
    }

    private sealed class TouchRestores(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();

        public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
        {
            await base.DestroyAsync(sid, cancellationToken);
            _meeting.Come();
        }

        public override async ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            ThrowIfInvalid(sid);
            ThrowIfInvalid(record);
            var row = Find(sid);
            if (row is not null && ExpiryOf(record) > Now)
            {
                await _meeting.WaitAsync();
                Space.Rows[sid] = row with { Expires = ExpiryOf(record) };
                return true;
            }

            return await base.TouchAsync(sid, record, cancellationToken);
        }
    }

    private sealed class RemovesOnRead(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();

        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            ThrowIfInvalid(sid);
            if (Space.Rows.TryGetValue(sid, out var row) && !IsLive(row))
            {
                // Alone it leaves the entry to those who come together.
                if (await _meeting.MeetAsync(1000) && !Space.Rows.TryRemove(sid, out _))
                {
                    throw new InvalidOperationException("removed twice");
                }
            }

            return await base.GetAsync(sid, cancellationToken);
        }
    }

    private sealed class OpensUnlocked(Setup s) : ReferenceStore(s)
    {
        private readonly Meeting _meeting = new();
        private int _state;

        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            if (_state != 2)
            {
                if (Interlocked.Exchange(ref _state, 1) == 1)
                {
                    _meeting.Come();
                    throw new InvalidOperationException("already opening");
                }

                await _meeting.WaitAsync(1000);
                _state = 2;
            }

            await base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class Blocks(Setup s) : ReferenceStore(s)
    {
        public override ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            ThrowIfInvalid(sid);
            ThrowIfInvalid(record);
            if (SynchronizationContext.Current is not null)
            {
#pragma warning disable RS0030 // What no store may do is what this one does.
                SlowlyAsync().GetAwaiter().GetResult();
#pragma warning restore RS0030
            }

            return base.SetAsync(sid, record, cancellationToken);
        }

        private static async Task SlowlyAsync() => await Task.Delay(1);
    }

    private sealed class AcknowledgesEarly(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, SessionRecord?> _writing = new();
        private readonly Meeting _meeting = new();

        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            var read = await base.GetAsync(sid, cancellationToken);
            if (_writing.TryGetValue(sid, out var queued) && queued is not null)
            {
                _meeting.Come();
            }

            return read;
        }

        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            if (!_writing.TryAdd(sid, null))
            {
                // The one who writes will take this along.
                _writing[sid] = record;
                return;
            }

            await base.PutAsync(sid, record);
            await _meeting.WaitAsync(20);
            if (_writing.TryRemove(sid, out var queued) && queued is not null)
            {
                await base.PutAsync(sid, queued);
            }
        }
    }
}
