namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// What a caller asks of the workers. It waits, and then either is started or abandoned by its caller, never both: a write whose caller
/// gave up while it waited is not executed.
/// </summary>
internal abstract class FileRequest : IThreadPoolWorkItem
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Abandoned = 2;

    private int _state;

    public bool IsAbandoned => Volatile.Read(ref _state) == Abandoned;

    /// <summary>Runs it, unless it was abandoned. Throws nothing: the caller learns what went wrong.</summary>
    public void Execute()
    {
        if (TryStart())
        {
            Run();
        }
    }

    /// <summary>Ends it with an error, unless it was abandoned.</summary>
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
    // The caller's code must not run on a worker's thread.
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

        // Seen: a caller that stopped waiting has had its own error.
        _ = _completion.Task.Exception;
    }
}
