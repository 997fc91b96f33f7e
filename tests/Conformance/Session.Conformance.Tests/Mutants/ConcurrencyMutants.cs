using System.Collections.Concurrent;
using Session.Conformance.Tests.Reference;

namespace Session.Conformance.Tests.Mutants;

/// <summary>Wrong when many call at once, or when a call is cancelled.</summary>
internal static class ConcurrencyMutants
{
    public static IEnumerable<Mutant> All =>
    [
        Mutant.Of("unlocked copy on write", "CON-01", "one of 64 sessions that were set at once", s => new CopyOnWrite(s)),
        Mutant.Of("interleaved field writes", "CON-02", "after eight sets at once", s => new TwoHalves(s)),
        Mutant.Of("removed, then written again", "CON-03", "during sets", s => new RemoveThenWrite(s)),
        Mutant.Of("two copies, written one after the other", "CON-04", "two gets answer differently", s => new TwoCopies(s)),
        Mutant.Of("touch restores what it read", "CON-05", "with touches at the same time", s => new TouchRestores(s)),
        Mutant.Of("two readers remove one expired entry", "CON-06", "GetAsync throws InvalidOperationException", s => new RemovesOnRead(s)),
        Mutant.Of("lazy opening without a lock", "CON-07", "as one of 32 first calls", s => new OpensUnlocked(s)),
        Mutant.Hanging("blocks on the caller's context", "CON-08", "did not end within", s => new Blocks(s)),
        Mutant.Of("one set in 101 is lost", "CON-10", "set", s => new LosesSome(s)),
        Mutant.Of("cancellation reported as a backend failure", "CAN-01", "get with a cancelled token: OperationCanceledException", s => new WrapsCancellation(s)),
        Mutant.Of("poisoned by cancellation", "CAN-02", "SetAsync throws", s => new Poisoned(s)),
        Mutant.Of("half a write on cancellation", "CAN-03", "after a cancelled set", s => new HalfWrite(s)),
        Mutant.Of("token not handed on", "CAN-04", "it still waits after 10 seconds", s => new IgnoresToken(s)),
    ];

    private sealed class CopyOnWrite(Setup s) : ReferenceStore(s)
    {
        private readonly Space _space = s.Space;

        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            var copy = _space.Rows.ToArray();
            await Task.Delay(1);
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
        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            var old = Find(sid);
            if (old is null || ExpiryOf(record) <= Now || old.Payload.Length != record.Payload.Length)
            {
                await base.PutAsync(sid, record);
                await Task.Delay(1);
                return;
            }

            var half = record.Payload.Length / 2;
            Half(sid, record, 0, half);
            await Task.Delay(1);
            Half(sid, record, half, record.Payload.Length);
        }

        private void Half(string sid, SessionRecord record, int from, int to)
        {
            lock (Space.Gate)
            {
                var bytes = Space.Rows.TryGetValue(sid, out var row) && row.Payload.Length == record.Payload.Length ? (byte[])row.Payload.Clone() : record.Payload.ToArray();
                record.Payload.Span[from..to].CopyTo(bytes.AsSpan(from));
                Space.Rows[sid] = new Row(bytes, ExpiryOf(record), new object(), Now);
            }
        }
    }

    private sealed class RemoveThenWrite(Setup s) : ReferenceStore(s)
    {
        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            Space.Rows.TryRemove(sid, out _);
            await Task.Delay(1);
            await base.PutAsync(sid, record);
        }
    }

    private sealed class TwoCopies(Setup s) : ReferenceStore(s)
    {
        private readonly ConcurrentDictionary<string, Row?> _copy = new();
        private int _reads;

        protected override Row? Find(string sid) =>
            Interlocked.Increment(ref _reads) % 2 == 0 && _copy.TryGetValue(sid, out var row) ? (row is not null && IsLive(row) ? row : null) : base.Find(sid);

        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            await base.PutAsync(sid, record);
            await Task.Delay(1);
            _copy[sid] = ExpiryOf(record) > Now ? NewRow(record, ExpiryOf(record)) : null;
        }

        public override async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default)
        {
            await base.DestroyAsync(sid, cancellationToken);
            await Task.Delay(1, CancellationToken.None);
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
        public override async ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            ThrowIfInvalid(sid);
            ThrowIfInvalid(record);
            var row = Find(sid);
            if (row is not null && ExpiryOf(record) > Now)
            {
                await Task.Delay(1, CancellationToken.None);
                Space.Rows[sid] = row with { Expires = ExpiryOf(record) };
                return true;
            }

            return await base.TouchAsync(sid, record, cancellationToken);
        }
    }

    private sealed class RemovesOnRead(Setup s) : ReferenceStore(s)
    {
        public override async ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default)
        {
            ThrowIfInvalid(sid);
            if (Space.Rows.TryGetValue(sid, out var row) && !IsLive(row))
            {
                await Task.Delay(5, CancellationToken.None);
                if (!Space.Rows.TryRemove(sid, out _))
                {
                    throw new InvalidOperationException("removed twice");
                }
            }

            return await base.GetAsync(sid, cancellationToken);
        }
    }

    private sealed class OpensUnlocked(Setup s) : ReferenceStore(s)
    {
        private int _state;

        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            if (_state != 2)
            {
                if (Interlocked.Exchange(ref _state, 1) == 1)
                {
                    throw new InvalidOperationException("already opening");
                }

                await Task.Delay(5, CancellationToken.None);
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

    private sealed class LosesSome(Setup s) : ReferenceStore(s)
    {
        private int _sets;

        protected override void Put(string sid, SessionRecord record)
        {
            if (++_sets % 101 != 0)
            {
                base.Put(sid, record);
            }
        }
    }

    private sealed class WrapsCancellation(Setup s) : ReferenceStore(s)
    {
        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            try
            {
                await base.EnterAsync(operation, cancellationToken);
            }
            catch (OperationCanceledException error)
            {
                throw new SessionStoreUnavailableException("The backend failed.", operation, "Mutant", error);
            }
        }
    }

    private sealed class Poisoned(Setup s) : ReferenceStore(s)
    {
        private int _cancelled;

        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            if (cancellationToken.CanBeCanceled && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(1, CancellationToken.None);
            }

            if (Volatile.Read(ref _cancelled) >= 5)
            {
                throw new SessionStoreUnavailableException("No connection is free.", operation, "Mutant");
            }

            if (cancellationToken.IsCancellationRequested)
            {
                Interlocked.Increment(ref _cancelled);
            }

            await base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class HalfWrite(Setup s) : ReferenceStore(s)
    {
        public override ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default)
        {
            if (Sid.IsValid(sid) && cancellationToken.IsCancellationRequested)
            {
                Space.Rows.TryRemove(sid, out _);
            }

            return base.SetAsync(sid, record, cancellationToken);
        }
    }

    private sealed class IgnoresToken(Setup s) : ReferenceStore(s)
    {
        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            base.EnterAsync(operation, Space.Fault == StoreFault.Hang ? CancellationToken.None : cancellationToken);
    }
}
