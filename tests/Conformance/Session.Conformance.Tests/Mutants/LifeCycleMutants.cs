using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong in disposal, in what is given away, and in what is declared.</summary>
internal static class LifeCycleMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("second disposal throws", "DSP-01", "the second disposal: no exception", s => new DisposesOnce(s)),
            Mutant.Of("works on cleared fields after disposal", "DSP-02", "get after disposal", s => new NullAfterDisposal(s)),
            Mutant.Hanging("abandons its queue when disposed", "DSP-03", "did not end within", s => new AbandonsQueue(s)),
            // Its timers are for ever in the clock of the run, so that long lives take long: only the case that is there for it is run.
            Mutant.Racing("timer survives disposal", "DSP-04", "timers after disposal: none", s => new KeepsTimer(s)),
            Mutant.Of("logs the id", "SEC-01", "a line with a session id", s => new LogsIds(s)),
            Mutant.Of("id in the message", "SEC-02", "carries a session id", s => new IdInMessage(s)),
            Mutant.Of("payload in the message", "SEC-02", "carries a payload", s => new PayloadInMessage(s)),
            new("world-readable file", "SEC-03", "open to its owner alone", static () =>
                new ReferenceHarness(fileMode: ReferenceHarness.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead)
            ),
            new("plain id at rest", "SEC-04", "an entry with a session id", static () =>
                new ReferenceHarness(settings: ReferenceHarness.DefaultSettings with { HidesIds = true })
            ),
            Mutant.Of("declares clear, throws NotSupported", "CAP-01", "ClearAsync of IEnumerableSessionStore", s => new CannotClear(s)),
            Mutant.Of("has touch, does not declare it", "CAP-02", "TouchAsync is there", s => new UndeclaredTouch(s)),
        ];

    private sealed class DisposesOnce(Setup s) : ReferenceStore(s)
    {
        private bool _disposed;

        public override ValueTask DisposeAsync()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _disposed = true;
            return base.DisposeAsync();
        }
    }

    private sealed class NullAfterDisposal(Setup s) : ReferenceStore(s)
    {
        private object? _connection = new();

        public override ValueTask DisposeAsync()
        {
            _connection = null;
            return base.DisposeAsync();
        }

        protected override ValueTask EnterAsync(SessionStoreOperation operation, CancellationToken cancellationToken)
        {
            _ = _connection!.GetHashCode();
            return base.EnterAsync(operation, cancellationToken);
        }
    }

    private sealed class AbandonsQueue(Setup s) : ReferenceStore(s)
    {
        private volatile bool _disposed;

        public override ValueTask DisposeAsync()
        {
            _disposed = true;
            return base.DisposeAsync();
        }

        protected override async ValueTask PutAsync(string sid, SessionRecord record)
        {
            await Task.Yield();
            if (_disposed)
            {
                // Nobody is left to take it from the queue.
                await new TaskCompletionSource().Task;
            }

            await base.PutAsync(sid, record);
        }
    }

    private sealed class KeepsTimer : ReferenceStore
    {
        public KeepsTimer(Setup s)
            : base(s)
        {
            Request.Clock.CreateTimer(static _ => { }, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        }
    }

    private sealed class LogsIds(Setup s) : ReferenceStore(s)
    {
        protected override void Remove(string sid)
        {
            Space.Server.Log.Enqueue($"Removed session {sid}.");
            base.Remove(sid);
        }
    }

    private sealed class IdInMessage(Setup s) : ReferenceStore(s)
    {
        protected override void ThrowIfInvalid(string sid)
        {
            if (!Sid.IsValid(sid))
            {
                throw new ArgumentException($"'{sid}' is no session id.", nameof(sid));
            }
        }

        public override ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested
                ? throw new OperationCanceledException($"Storing {sid} was cancelled.")
                : base.SetAsync(sid, record, cancellationToken);
    }

    private sealed class PayloadInMessage(Setup s) : ReferenceStore(s)
    {
        protected override byte[] Encode(ReadOnlyMemory<byte> payload) =>
            Documents.TryParse(payload, out _)
                ? payload.ToArray()
                : throw new SessionStoreException(
                    $"No session: {System.Text.Encoding.UTF8.GetString(payload.Span)}",
                    SessionStoreOperation.Set,
                    "Mutant",
                    isTransient: false
                );
    }

    private sealed class CannotClear(Setup s) : ReferenceStore(s)
    {
        public override ValueTask ClearAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class UndeclaredTouch(Setup s) : ISessionStore
    {
        private readonly ReferenceStore _store = new(s);

        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
            _store.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            _store.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
            _store.DestroyAsync(sid, cancellationToken);

        public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
            _store.TouchAsync(sid, record, cancellationToken);
    }
}
