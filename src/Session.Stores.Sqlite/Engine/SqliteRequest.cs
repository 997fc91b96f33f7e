namespace Session.Stores.Sqlite.Engine;

/// <summary>
/// What a caller asks of the writer or of a reader, who serve it on another thread. It waits, and then either is started by them or abandoned by its caller, never
/// both: a write whose caller gave up while it waited is not executed.
/// </summary>
internal abstract class SqliteRequest
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Abandoned = 2;

    private int _state;

    /// <summary>Whether it needs a transaction. What does not is served even while the database is locked for writing.</summary>
    public required bool Writes { get; init; }

    public required SessionStoreOperation Operation { get; init; }

    public bool IsAbandoned => Volatile.Read(ref _state) == Abandoned;

    public bool TryStart() => Interlocked.CompareExchange(ref _state, Started, Waiting) == Waiting;

    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Waiting) == Waiting;

    /// <summary>Does the work and keeps its result; the caller learns of it in <see cref="Complete"/>, once it is committed.</summary>
    public abstract void Run(StoreConnection connection);

    /// <summary>Keeps what went wrong in <see cref="Run"/>.</summary>
    public abstract void Keep(Exception error);

    public abstract void Complete();
}

/// <summary>A request with its arguments and its result.</summary>
internal sealed class SqliteRequest<TArgs, TResult>(TArgs args, Func<StoreConnection, TArgs, TResult> work) : SqliteRequest
{
    // The caller's code must not run where the others wait.
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult _result = default!;
    private Exception? _error;

    public Task<TResult> Task => _completion.Task;

    public override void Run(StoreConnection connection) => _result = work(connection, args);

    public override void Keep(Exception error) => _error = error;

    public override void Complete()
    {
        if (_error is null)
        {
            _completion.SetResult(_result);
            return;
        }

        _completion.SetException(_error);

        // Seen: a caller that stopped waiting has had its own error.
        _ = _completion.Task.Exception;
    }
}
