namespace ServerSessions.Stores.File.Connection;

/// <summary>
/// Work for the <see cref="FileWorkers"/> with its result. It is either started or abandoned by its caller, never both: a write that was
/// abandoned in the queue is not executed.
/// </summary>
internal sealed class FileWork<TResult>(Func<TResult> work) : IThreadPoolWorkItem
{
    // The caller's continuation must not run on a worker's thread.
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isTaken;

    /// <summary>The result. Completes once the work has ended or was abandoned.</summary>
    public Task<TResult> Task => _completion.Task;

    /// <summary>Runs the work, unless it was abandoned. Throws nothing: an exception is the caller's.</summary>
    public void Execute()
    {
        if (!TryTake())
        {
            return;
        }

        try
        {
            _completion.SetResult(work());
        }
        catch (Exception error)
        {
            _completion.SetException(error);

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
            _completion.SetCanceled();
        }

        return isAbandoned;
    }

    private bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
}
