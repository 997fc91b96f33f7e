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
            Mutant.Of("token not handed on", "CAN-04", "it still waits after 3 seconds", s => new IgnoresToken(s)),
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
        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            base.EnterAsync(operation, Space.Fault == StoreFault.Hang ? CancellationToken.None : cancellationToken);
    }
}
