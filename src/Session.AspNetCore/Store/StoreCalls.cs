using Microsoft.Extensions.ObjectPool;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Limits store calls by <see cref="ServerSessionOptions.OperationTimeout"/> and the caller's token, also if the store honors neither. A
/// call that completes synchronously uses no timer.
/// </summary>
internal sealed class StoreCalls<TResult>
{
    // More calls in progress at once are rare, and cost an allocation each.
    private const int MaxKept = 256;

    private readonly ObjectPool<BoundedCall<TResult>> _pool;
    private readonly TimeSpan _timeout;
    private readonly string _backend;
    private readonly bool _missingFileMeansAbsent;

    /// <param name="options">The options, with the timeout of a call.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="backend">The name of the backend, for messages.</param>
    /// <param name="missingFileMeansAbsent"><see cref="ISessionStore.MissingFileMeansAbsent"/> of the store.</param>
    public StoreCalls(ServerSessionOptions options, TimeProvider timeProvider, string backend, bool missingFileMeansAbsent)
    {
        (_timeout, _backend, _missingFileMeansAbsent) = (options.OperationTimeout, backend, missingFileMeansAbsent);
        _pool = new DefaultObjectPool<BoundedCall<TResult>>(new Policy(this, timeProvider), MaxKept);
    }

    /// <summary>Makes a call. Its result must be awaited once.</summary>
    /// <param name="operation">
    /// The operation. For <see cref="SessionStoreOperation.Get"/>, exceptions that mean "no such entry" become the default value.
    /// </param>
    /// <param name="call">The call.</param>
    /// <param name="state">The state of the call, so that it needs no closure.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The caller's token ended the wait.</exception>
    /// <exception cref="SessionStoreException">The timeout has passed, or the store threw any exception.</exception>
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
            $"The store did not complete the call within {_timeout.TotalSeconds:0.###} seconds (ServerSessionOptions.OperationTimeout). "
                + $"Check the backend, or raise the timeout.",
            operation,
            _backend
        );

    /// <summary>Whether an exception of the store means "no such entry".</summary>
    public bool IsAbsence(SessionStoreOperation operation, Exception failure) =>
        operation == SessionStoreOperation.Get
        && (
            failure is SessionNotFoundException
            || (_missingFileMeansAbsent && failure is FileNotFoundException or DirectoryNotFoundException)
        );

    /// <summary>
    /// Converts an exception to the contract's type, also if a store throws an exception of its driver or of
    /// <see cref="SessionDocument.Parse"/>, which does not have the store's name. A failure that no store has classified counts as
    /// transient.
    /// </summary>
    public SessionStoreException Typed(SessionStoreOperation operation, Exception failure) =>
        failure switch
        {
            SessionPayloadException payload when payload.Backend != _backend => payload.ForStore(_backend, operation),
            SessionStoreException typed => typed,
            OperationCanceledException => new SessionStoreUnavailableException(
                "The store cancelled the call by itself: it threw OperationCanceledException, and no token was cancelled. Check the "
                    + "backend and the timeouts of its driver.",
                operation,
                _backend,
                failure
            ),
            _ => new SessionStoreException(
                $"The store failed with {failure.GetType().Name}, which is not an exception of its contract. The inner exception has the "
                    + $"cause; the store should wrap it in SessionStoreException.",
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
