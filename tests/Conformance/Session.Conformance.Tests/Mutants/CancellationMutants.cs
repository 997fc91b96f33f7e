using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong when a call is cancelled.</summary>
internal static class CancellationMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of(
                "cancellation reported as a backend failure",
                "CAN-01",
                "get with a cancelled token: OperationCanceledException",
                s => new WrapsCancellation(s)
            ),
            Mutant.Of("poisoned by cancellation", "CAN-02", "SetAsync throws", s => new Poisoned(s)),
            Mutant.Of("half a write on cancellation", "CAN-03", "after a cancelled set", s => new HalfWrite(s)),
            Mutant.Of("token not handed on", "CAN-04", "it still waits after 1.5 seconds", s => new IgnoresToken(s)),
            Mutant.Of("bounds no call", "CAN-05", "get while the backend hangs: it ends", s => new Unbounded(s)),
            Mutant.Of("bounds the calls of requests only", "CAN-05", "prune while the backend hangs: it ends", s => new BoundsSome(s)),
            Mutant.Of(
                "a timeout reported as a cancellation",
                "CAN-05",
                "while the backend hangs: SessionStoreUnavailableException",
                s => new TimesOutAsCancelled(s)
            ),
        ];

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
                await Task.WhenAny(Task.Delay(Timeout.Infinite, cancellationToken), Task.Delay(100, CancellationToken.None));
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
        protected override ValueTask WaitAsync(SessionStoreOperation operation, CancellationToken cancellationToken) => new(Space.Mended);
    }

    private sealed class Unbounded(Setup s) : ReferenceStore(s)
    {
        protected override ValueTask WaitAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            new(Space.Mended.WaitAsync(cancellationToken));
    }

    private sealed class BoundsSome(Setup s) : ReferenceStore(s)
    {
        protected override ValueTask WaitAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            operation is SessionStoreOperation.Prune or SessionStoreOperation.Clear
                ? new ValueTask(Space.Mended.WaitAsync(cancellationToken))
                : base.WaitAsync(operation, cancellationToken);
    }

    private sealed class TimesOutAsCancelled(Setup s) : ReferenceStore(s)
    {
        protected override async ValueTask WaitAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            try
            {
                await base.WaitAsync(operation, cancellationToken);
            }
            catch (SessionStoreUnavailableException error)
            {
                throw new TaskCanceledException("The operation was cancelled.", error);
            }
        }
    }
}
