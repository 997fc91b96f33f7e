namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// A queued request to the workers. It is either started or abandoned by its caller, never both: a write that was abandoned in the queue is
/// not executed.
/// </summary>
internal abstract class FileRequest : IThreadPoolWorkItem
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Abandoned = 2;

    private int _state;

    public bool IsAbandoned => Volatile.Read(ref _state) == Abandoned;

    /// <summary>Runs the request, unless it was abandoned. Throws nothing: errors are passed to the caller.</summary>
    public void Execute()
    {
        if (TryStart())
        {
            Run();
        }
    }

    /// <summary>Fails the request, unless it was abandoned.</summary>
    public void Fail(Exception error)
    {
        if (TryStart())
        {
            End(error);
        }
    }

    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Waiting) == Waiting;

    protected abstract void Run();

    protected abstract void End(Exception error);

    private bool TryStart() => Interlocked.CompareExchange(ref _state, Started, Waiting) == Waiting;
}

/// <summary>A request with its work and its result.</summary>
internal sealed class FileRequest<TResult>(Func<TResult> work) : FileRequest
{
    // The caller's continuation must not run on a worker's thread.
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Task => _completion.Task;

    protected override void Run()
    {
        try
        {
            _completion.SetResult(work());
        }
        catch (Exception error)
        {
            End(error);
        }
    }

    protected override void End(Exception error)
    {
        _completion.SetException(error);

        // Marks the exception as observed: a caller that stopped waiting has received its own error.
        _ = _completion.Task.Exception;
    }
}
