using System.Runtime.CompilerServices;
using ServerSessions.Payload;
using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>
/// Makes store calls. Their exceptions have the contract's types, and no call is waited for longer than one timeout: the store's own if
/// <see cref="ISessionStore.BoundsCalls"/> says that it has one, otherwise <see cref="ServerSessionOptions.OperationTimeout"/>.
/// </summary>
internal sealed class StoreCalls(
    ISessionStore store,
    TimeSpan timeout,
    TimeProvider timeProvider,
    SessionTelemetry telemetry,
    StoreAvailability availability
)
{
    private readonly string _backend = store.Backend;
    private readonly bool _isBounded = store.BoundsCalls;
    private readonly bool _missingFileMeansAbsent = store.MissingFileMeansAbsent;

    /// <summary>Makes a call. Its result must be awaited once.</summary>
    /// <param name="operation">
    /// The operation. For <see cref="SessionStoreOperation.Get"/>, exceptions that mean "no such entry" become the default value.
    /// </param>
    /// <param name="call">The call.</param>
    /// <param name="state">The state of the call, so that it needs no closure.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The caller's token ended the wait.</exception>
    /// <exception cref="SessionStoreException">The timeout has passed, or the store threw any exception.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResult> CallAsync<TState, TResult>(
        SessionStoreOperation operation,
        Func<TState, CancellationToken, ValueTask<TResult>> call,
        TState state,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var measured = telemetry.BeginCall(operation);
        try
        {
            var result = await (
                _isBounded ? call(state, cancellationToken) : WithinTimeoutAsync(operation, call, state, cancellationToken)
            );
            telemetry.EndCall(measured, operation);
            availability.Succeeded();
            return result;
        }
        catch (Exception failure) when (IsAbsence(operation, failure))
        {
            telemetry.EndCall(measured, operation);
            availability.Succeeded();
            return default!;
        }
        catch (OperationCanceledException failure) when (cancellationToken.IsCancellationRequested)
        {
            telemetry.EndCall(measured, operation, failure);
            throw;
        }
        catch (Exception failure)
        {
            var typed = Typed(operation, failure);
            telemetry.EndCall(measured, operation, typed);
            if (typed is SessionStoreUnavailableException)
            {
                availability.Lost();
            }

            if (!ReferenceEquals(typed, failure))
            {
                throw typed;
            }

            throw;
        }
    }

    /// <summary>Makes a call that ends at the timeout and when the caller cancels, also if the store honors neither.</summary>
    private async ValueTask<TResult> WithinTimeoutAsync<TState, TResult>(
        SessionStoreOperation operation,
        Func<TState, CancellationToken, ValueTask<TResult>> call,
        TState state,
        CancellationToken caller
    )
    {
        var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        var pending = call(state, limit.Token);
        if (pending.IsCompleted)
        {
            // It needed no timer.
            return await pending;
        }

        var left = caller.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
        limit.CancelAfter(timeout);
        var task = pending.AsTask();
        try
        {
            return await task.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            CallDeadline.Abandon(task);

            // The thread that cancels (a timer, or the end of the client's connection) must not run the rest of the request.
            await Task.Yield();
            throw caller.IsCancellationRequested ? new OperationCanceledException(caller) : Expired(operation);
        }
        finally
        {
            // First, because a caller that cancels now would use a disposed source.
            left.Dispose();

            // A store that was given up may still hold the token. Its source has no timer any more.
            if (!limit.IsCancellationRequested)
            {
                limit.Dispose();
            }
        }
    }

    private SessionStoreUnavailableException Expired(SessionStoreOperation operation) =>
        new(
            $"The store did not complete the call within {timeout.TotalSeconds:0.###} seconds (ServerSessionOptions.OperationTimeout). "
                + $"Check the backend, or raise the timeout.",
            operation,
            _backend
        );

    /// <summary>Whether an exception of the store means "no such entry".</summary>
    private bool IsAbsence(SessionStoreOperation operation, Exception failure) =>
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
    private SessionStoreException Typed(SessionStoreOperation operation, Exception failure) =>
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
}
