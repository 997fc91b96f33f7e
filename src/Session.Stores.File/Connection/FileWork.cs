namespace ServerSessions.Stores.File.Connection;

/// <summary>
/// Work for the <see cref="FileWorkers"/> with its result. It is either started or abandoned by its caller, never both: a write that was
/// abandoned, in the queue or while it waited for its lock, is not executed.
/// </summary>
/// <param name="work">The work.</param>
/// <param name="tryLock">
/// Takes the lock under which the work runs. If it returns <see langword="null"/>, the work is not started and its result is the default.
/// The parameter is <see langword="null"/> for work without a lock.
/// </param>
internal sealed class FileWork<TResult>(Func<TResult> work, Func<IDisposable?>? tryLock = null) : IThreadPoolWorkItem
{
    // The caller's continuation must not run on a worker's thread.
    private readonly TaskCompletionSource<TResult?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isTaken;

    /// <summary>The result. Completes once the work has ended or was abandoned.</summary>
    public Task<TResult?> Task => _completion.Task;

    /// <summary>Runs the work, unless it was abandoned. Throws nothing: an exception is the caller's.</summary>
    public void Execute()
    {
        if (Volatile.Read(ref _isTaken) != 0)
        {
            return;
        }

        try
        {
            // The lock is released before the result is given, so that the caller's next write finds it free.
            _completion.TrySetResult(RunUnderLock());
        }
        catch (Exception error)
        {
            _completion.TrySetException(error);

            // Marks the exception as observed: a caller that stopped waiting has received its own error.
            _ = _completion.Task.Exception;
        }
    }

    /// <summary>Abandons the work if it has not started.</summary>
    /// <returns>Whether it is abandoned.</returns>
    public bool TryAbandon()
    {
        var isAbandoned = TryTake();
        if (isAbandoned)
        {
            _completion.TrySetCanceled();
        }

        return isAbandoned;
    }

    private TResult? RunUnderLock()
    {
        using var held = tryLock?.Invoke();
        var isRefused = tryLock is not null && held is null;
        return isRefused || !TryTake() ? default : work();
    }

    private bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
}
