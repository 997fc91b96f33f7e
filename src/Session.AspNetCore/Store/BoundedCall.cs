using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace ServerSessions;

/// <summary>
/// A store call in progress. It ends with whichever comes first: the result, the timeout, or the caller's token. Later events are ignored.
/// It is reused after its result was taken, unless the store may still hold its token.
/// </summary>
[SuppressMessage(
    "Reliability",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A source whose timer has stopped or has fired holds no resources."
)]
internal sealed class BoundedCall<TResult> : IValueTaskSource<TResult>
{
    private readonly StoreCalls<TResult> _calls;
    private readonly CancellationTokenSource _time;
    private readonly Action _answered;
    private ManualResetValueTaskSourceCore<TResult> _outcome;
    private ValueTaskAwaiter<TResult> _pending;
    private SessionStoreOperation _operation;
    private CancellationToken _caller;
    private CancellationTokenRegistration _callerEnds;
    private CancellationTokenRegistration _timeEnds;
    private bool _isTimed;
    private int _isDecided;

    public BoundedCall(StoreCalls<TResult> calls, TimeProvider timeProvider)
    {
        _calls = calls;
        _time = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        _answered = Answered;
    }

    /// <summary>The token for the store: cancelled at the timeout and when the caller cancels.</summary>
    public CancellationToken Token => _time.Token;

    /// <summary>Starts to wait for the result.</summary>
    public ValueTask<TResult> Await(SessionStoreOperation operation, ValueTask<TResult> pending, TimeSpan timeout, CancellationToken caller)
    {
        _operation = operation;
        _pending = pending.GetAwaiter();
        if (_pending.IsCompleted)
        {
            Answered();
        }
        else
        {
            _isTimed = true;
            _caller = caller;
            _time.CancelAfter(timeout);
            _timeEnds = _time.Token.UnsafeRegister(static call => ((BoundedCall<TResult>)call!).GiveUp(), this);
            _callerEnds = caller.UnsafeRegister(static time => ((CancellationTokenSource)time!).Cancel(), _time);
            _pending.UnsafeOnCompleted(_answered);
        }

        return new ValueTask<TResult>(this, _outcome.Version);
    }

    /// <summary>Prepares for another call. Returns <see langword="false"/> if the token is cancelled, or is being cancelled.</summary>
    public bool TryReset()
    {
        if (_isTimed)
        {
            // Unregisters both, so that a long-lived token holds no reference to a finished call.
            var isLeftByCaller = !_caller.CanBeCanceled | _callerEnds.Unregister();
            if (!_timeEnds.Unregister() || !isLeftByCaller || !_time.TryReset())
            {
                return false;
            }
        }

        _outcome.Reset();
        (_pending, _caller, _timeEnds, _callerEnds) = (default, default, default, default);
        (_isTimed, _isDecided) = (false, 0);
        return true;
    }

    TResult IValueTaskSource<TResult>.GetResult(short token)
    {
        try
        {
            return _outcome.GetResult(token);
        }
        finally
        {
            _calls.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _outcome.OnCompleted(continuation, state, token, flags);

    private void Answered()
    {
        TResult result;
        var isFirst = Interlocked.Exchange(ref _isDecided, 1) == 0;
        try
        {
            // Also if no caller waits any more, so that its failure does not stay unobserved.
#pragma warning disable RS0030 // It is complete: nothing blocks.
            result = _pending.GetResult();
#pragma warning restore RS0030
        }
        catch (Exception failure) when (_calls.IsAbsence(_operation, failure))
        {
            result = default!;
        }
        catch (Exception failure)
        {
            if (isFirst)
            {
                _outcome.SetException(
                    failure is OperationCanceledException && _time.IsCancellationRequested ? Ended() : _calls.Typed(_operation, failure)
                );
            }

            return;
        }

        if (isFirst)
        {
            _outcome.SetResult(result);
        }
    }

    private void GiveUp()
    {
        if (Interlocked.Exchange(ref _isDecided, 1) == 0)
        {
            // The thread that cancels (a timer, or the end of the client's connection) must not run the rest of the request.
            _outcome.RunContinuationsAsynchronously = true;
            _outcome.SetException(Ended());
        }
    }

    private Exception Ended() => _caller.IsCancellationRequested ? new OperationCanceledException(_caller) : _calls.Expired(_operation);
}
