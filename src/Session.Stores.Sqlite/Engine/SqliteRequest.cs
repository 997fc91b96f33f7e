using System.Threading.Tasks.Sources;

namespace ServerSessions.Stores.Sqlite.Engine;

/// <summary>
/// What a caller asks of the writer or of a reader, who serve it on another thread. It waits, and then either is started by them or
/// abandoned by its caller, never both: a write whose caller gave up while it waited is not executed.
/// </summary>
internal abstract class SqliteRequest(RequestWatch watch)
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Abandoned = 2;

    private int _state;
    private int _isAnswered;
    private CancellationTokenRegistration _callerEnds;

    /// <summary>Whether it needs a transaction. What does not is served even while the database is locked for writing.</summary>
    public required bool Writes { get; init; }

    public required SessionStoreOperation Operation { get; init; }

    /// <summary>
    /// The end of its time, in units of <see cref="System.Diagnostics.Stopwatch"/>; this and the next three are the watch's.
    /// </summary>
    public long Deadline { get; set; }

    public SqliteRequest? Before { get; set; }

    public SqliteRequest? After { get; set; }

    public bool IsWatched { get; set; }

    public bool IsAbandoned => Volatile.Read(ref _state) == Abandoned;

    /// <summary>From here on its time runs and its caller may give up. Before anybody serves it.</summary>
    public void Begin(CancellationToken cancellationToken)
    {
        watch.Add(this);
        _callerEnds = cancellationToken.UnsafeRegister(
            static (request, token) =>
            {
                ((SqliteRequest)request!).TryAbandon();
                ((SqliteRequest)request).GiveUp(new OperationCanceledException(token));
            },
            this
        );
    }

    public bool TryStart() => Interlocked.CompareExchange(ref _state, Started, Waiting) == Waiting;

    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Waiting) == Waiting;

    /// <summary>Does the work and keeps its result; the caller learns of it in <see cref="Complete"/>, once it is committed.</summary>
    public abstract void Run(StoreConnection connection);

    /// <summary>Keeps what went wrong in <see cref="Run"/>.</summary>
    public abstract void Keep(Exception error);

    /// <summary>Tells the caller what was kept, unless the wait is over.</summary>
    public void Complete()
    {
        if (TryAnswer())
        {
            Answer();
        }
    }

    /// <summary>Ends the wait with an error, unless there is an answer. Whoever serves the request goes on with it.</summary>
    public void GiveUp(Exception error)
    {
        if (TryAnswer())
        {
            Fail(error);
        }
    }

    protected abstract void Answer();

    protected abstract void Fail(Exception error);

    private bool TryAnswer()
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) != 0)
        {
            return false;
        }

        watch.Remove(this);
        _callerEnds.Unregister();
        return true;
    }
}

/// <summary>A request with its arguments and its result, which is awaited once.</summary>
internal sealed class SqliteRequest<TArgs, TResult>(TArgs args, Func<StoreConnection, TArgs, TResult> work, RequestWatch watch)
    : SqliteRequest(watch),
        IValueTaskSource<TResult>
{
    // The caller's code must not run where the others wait.
    private ManualResetValueTaskSourceCore<TResult> _answer = new() { RunContinuationsAsynchronously = true };
    private TResult _result = default!;
    private Exception? _error;

    public ValueTask<TResult> Task => new(this, _answer.Version);

    public override void Run(StoreConnection connection) => _result = work(connection, args);

    public override void Keep(Exception error) => _error = error;

    TResult IValueTaskSource<TResult>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _answer.OnCompleted(continuation, state, token, flags);

    protected override void Answer()
    {
        if (_error is null)
        {
            _answer.SetResult(_result);
        }
        else
        {
            _answer.SetException(_error);
        }
    }

    protected override void Fail(Exception error) => _answer.SetException(error);
}
