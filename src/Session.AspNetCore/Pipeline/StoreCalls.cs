using Microsoft.Extensions.ObjectPool;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Bounds calls of the store by <see cref="ServerSessionOptions.OperationTimeout"/> and by the caller's token, also where the store heeds
/// neither. A call that completes at once costs no timer.
/// </summary>
internal sealed class StoreCalls<TResult>
{
    // More calls than this under way at once are rare, and cost an allocation each.
    private const int MaxKept = 256;

    private readonly ObjectPool<BoundedCall<TResult>> _pool;
    private readonly TimeSpan _timeout;
    private readonly string _backend;
    private readonly bool _missingFileMeansAbsent;

    /// <param name="options">Say how long a call may take.</param>
    /// <param name="timeProvider">What tells the time.</param>
    /// <param name="backend">The name of the backend, for messages.</param>
    /// <param name="missingFileMeansAbsent"><see cref="ISessionStore.MissingFileMeansAbsent"/> of the store.</param>
    public StoreCalls(ServerSessionOptions options, TimeProvider timeProvider, string backend, bool missingFileMeansAbsent)
    {
        (_timeout, _backend, _missingFileMeansAbsent) = (options.OperationTimeout, backend, missingFileMeansAbsent);
        _pool = new DefaultObjectPool<BoundedCall<TResult>>(new Policy(this, timeProvider), MaxKept);
    }

    /// <summary>Makes a call. What it returns is awaited once.</summary>
    /// <param name="operation">What is being done. Of a <see cref="SessionStoreOperation.Get"/> the exceptions that stand for "no such
    /// entry" become the default.</param>
    /// <param name="call">The call.</param>
    /// <param name="state">What it needs, so that it is no closure.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The caller's token ended the wait.</exception>
    /// <exception cref="SessionStoreException">The time was over, or the store failed, whatever it threw.</exception>
    public ValueTask<TResult> WithinAsync<TState>(
        SessionStoreOperation operation,
        Func<TState, CancellationToken, ValueTask<TResult>> call,
        TState state,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bounded = _pool.Get();
        ValueTask<TResult> pending;
        try
        {
            pending = call(state, bounded.Token);
        }
        catch (Exception failure)
        {
            pending = ValueTask.FromException<TResult>(failure);
        }

        return bounded.Await(operation, pending, _timeout, cancellationToken);
    }

    public void Return(BoundedCall<TResult> call) => _pool.Return(call);

    public SessionStoreUnavailableException Expired(SessionStoreOperation operation) =>
        new(
            $"The store did not answer within {_timeout.TotalSeconds:0.###} seconds (ServerSessionOptions.OperationTimeout). See to "
                + $"the backend, or allow it more time.",
            operation,
            _backend
        );

    /// <summary>Whether an exception of the store says "no such entry".</summary>
    public bool IsAbsence(SessionStoreOperation operation, Exception failure) =>
        operation == SessionStoreOperation.Get
        && (
            failure is SessionNotFoundException
            || (_missingFileMeansAbsent && failure is FileNotFoundException or DirectoryNotFoundException)
        );

    /// <summary>
    /// The failure as the contract wants it, also if a store lets an exception of its driver out, or one of
    /// <see cref="SessionDocument.Parse"/>, which knows no store. What no store has classified may pass.
    /// </summary>
    public SessionStoreException Typed(SessionStoreOperation operation, Exception failure) =>
        failure switch
        {
            SessionPayloadException payload when payload.Backend != _backend => payload.ForStore(_backend, operation),
            SessionStoreException typed => typed,
            OperationCanceledException => new SessionStoreUnavailableException(
                "The store gave the call up by itself: it threw OperationCanceledException, and no token was cancelled. See to the "
                    + "backend, or to the time limits of its driver.",
                operation,
                _backend,
                failure
            ),
            _ => new SessionStoreException(
                $"The store failed with {failure.GetType().Name}, which its contract does not know. The inner exception has the cause; "
                    + $"the store should wrap it in SessionStoreException.",
                operation,
                _backend,
                isTransient: true,
                failure
            ),
        };

    private sealed class Policy(StoreCalls<TResult> calls, TimeProvider timeProvider) : PooledObjectPolicy<BoundedCall<TResult>>
    {
        public override BoundedCall<TResult> Create() => new(calls, timeProvider);

        public override bool Return(BoundedCall<TResult> obj) => obj.TryReset();
    }
}
