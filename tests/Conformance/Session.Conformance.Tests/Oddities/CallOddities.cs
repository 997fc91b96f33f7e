using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Oddities;

/// <summary>How calls are made: when they wait, what they refuse, which there are.</summary>
internal static class CallOddities
{
    public sealed class Asynchronous(Setup s, TimeSpan delay) : ReferenceStore(s)
    {
        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            await base.EnterAsync(operation, cancellationToken);
        }
    }

    public sealed class OneAtATime(Setup s) : ReferenceStore(s)
    {
        private readonly SemaphoreSlim _turn = new(1);

        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                await Task.Yield();
                await base.EnterAsync(operation, cancellationToken);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    public sealed class OpensLate(Setup s) : ReferenceStore(s)
    {
        private readonly SemaphoreSlim _opening = new(1);
        private bool _open;

        protected override async ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            if (!Volatile.Read(ref _open))
            {
                await _opening.WaitAsync(cancellationToken);
                try
                {
                    await Task.Delay(3, CancellationToken.None);
                    Volatile.Write(ref _open, true);
                }
                finally
                {
                    _opening.Release();
                }
            }

            await base.EnterAsync(operation, cancellationToken);
        }
    }

    public sealed class Unbounded(Setup s) : ReferenceStore(s)
    {
        public override bool BoundsCalls => false;

        protected override ValueTask WaitAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            new(Space.Mended.WaitAsync(cancellationToken));
    }

    public sealed class IgnoresCancellation(Setup s) : ReferenceStore(s)
    {
        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken) =>
            base.EnterAsync(operation, Space.Fault == StoreFault.Hang ? cancellationToken : CancellationToken.None);
    }

    public sealed class RefusesAfterDisposal(Setup s) : ReferenceStore(s)
    {
        private bool _disposed;

        public override ValueTask DisposeAsync()
        {
            _disposed = true;
            return base.DisposeAsync();
        }

        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return base.EnterAsync(operation, cancellationToken);
        }
    }

    public sealed class ThreeMethods(ReferenceStore store) : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            store.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            store.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            store.DestroyAsync(sid, cancellationToken);
    }
}
