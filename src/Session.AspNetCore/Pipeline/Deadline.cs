using System.Runtime.CompilerServices;
using Microsoft.Extensions.ObjectPool;

namespace Session;

/// <summary>
/// Bounds calls of the store by <see cref="ServerSessionOptions.StoreTimeout"/> and by the caller's token, also where the store heeds neither. A call
/// that completes at once costs no timer.
/// </summary>
internal sealed class Deadline(TimeSpan timeout, TimeProvider timeProvider, string backend)
{
    private readonly ObjectPool<CancellationTokenSource> _sources = new DefaultObjectPool<CancellationTokenSource>(new Policy(timeProvider));

    /// <summary>Makes a call. Its task is awaited once.</summary>
    /// <exception cref="OperationCanceledException">The caller's token ended the wait.</exception>
    /// <exception cref="SessionStoreUnavailableException">The time was over, or the store says so.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResult> WithinAsync<TState, TResult>(
        SessionStoreOperation operation, Func<TState, CancellationToken, ValueTask<TResult>> call, TState state, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var source = _sources.Get();
        try
        {
            var pending = call(state, source.Token);
            if (pending.IsCompleted)
            {
                return await pending;
            }

            source.CancelAfter(timeout);
            await using (cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source))
            {
                var task = pending.AsTask();
                try
                {
                    return await task.WaitAsync(source.Token);
                }
                catch (OperationCanceledException) when (source.IsCancellationRequested)
                {
                    Observe(task);
                    cancellationToken.ThrowIfCancellationRequested();
                    throw Expired(operation);
                }
            }
        }
        finally
        {
            _sources.Return(source);
        }
    }

    private SessionStoreUnavailableException Expired(SessionStoreOperation operation) => new(
        $"The store did not answer within {timeout.TotalSeconds:0.###} seconds (ServerSessionOptions.StoreTimeout). See to the backend, or allow it more time.",
        operation, backend);

    /// <summary>Nobody waits any more for a call that was given up: its failure is not left unobserved.</summary>
    private static void Observe(Task task) =>
        task.ContinueWith(
            static task => _ = task.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private sealed class Policy(TimeProvider timeProvider) : PooledObjectPolicy<CancellationTokenSource>
    {
        public override CancellationTokenSource Create() => new(Timeout.InfiniteTimeSpan, timeProvider);

        // One that was cancelled is left to the call that was given up and may still hold its token.
        public override bool Return(CancellationTokenSource obj) => obj.TryReset();
    }
}
