using ServerSessions.Stores.File.Statements;

namespace ServerSessions.Stores.File.Connection;

/// <summary>
/// Runs calls on the workers within the operation timeout; writes of a stripe run one after the other. The folder is opened at the first
/// call; after a failure, the next call tries again.
/// </summary>
/// <param name="location">The paths.</param>
/// <param name="errors">Maps errors to exceptions.</param>
/// <param name="trust">Decides what is refused.</param>
/// <param name="opening">Opens the folder.</param>
/// <param name="operationTimeout">The longest wait of a call.</param>
/// <param name="opened">Called on a worker's thread after each opening.</param>
internal sealed class SessionFolder(
    FileLocation location,
    FileErrors errors,
    FolderTrust trust,
    FolderOpening opening,
    TimeSpan operationTimeout,
    Action<UnixFileMode?> opened
) : IAsyncDisposable
{
    private readonly FileWorkers _workers = new();
    private readonly Stripe?[] _stripes = new Stripe?[FileLocation.Stripes];
    private readonly Lock _opening = new();
    private readonly Lock _counting = new();
    private readonly TaskCompletionSource _lastCallEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOpen;
    private bool _closing;
    private int _calls;

    /// <summary>Runs work without a lock.</summary>
    public ValueTask<TResult> ReadAsync<TResult>(
        SessionStoreOperation operation,
        Func<TResult> read,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            operation,
            deadline =>
                RunAsync(
                    operation,
                    new FileWork<TResult>(() =>
                    {
                        EnsureOpen();
                        return read();
                    }),
                    deadline,
                    cancellationToken
                ),
            cancellationToken
        );

    /// <summary>
    /// Runs work under the lock of a stripe, which excludes other processes too. The operating system releases the lock of a process that
    /// ends.
    /// </summary>
    public ValueTask<TResult> WriteAsync<TResult>(
        SessionStoreOperation operation,
        byte stripe,
        Func<TResult> write,
        CancellationToken cancellationToken
    ) => CallAsync(operation, deadline => WriteInTurnAsync(operation, stripe, write, deadline, cancellationToken), cancellationToken);

    /// <summary>Refuses new calls, waits for calls in progress, and ends the workers.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_counting)
        {
            _closing = true;
            if (_calls == 0)
            {
                _lastCallEnded.TrySetResult();
            }
        }

        await _lastCallEnded.Task.ConfigureAwait(false);
        await _workers.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<TResult> CallAsync<TResult>(
        SessionStoreOperation operation,
        Func<CallDeadline, Task<TResult>> attempt,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deadline = CallDeadline.In(operationTimeout);
        Enter();
        try
        {
            try
            {
                return await attempt(deadline).ConfigureAwait(false);
            }
            catch (Exception error)
                when (error is not (SessionStoreException or UnreadableFileException) && FileFault.CodeOf(error) == FileFault.NoEntry)
            {
                // The folder was removed after it was opened.
                _isOpen = false;
                return await attempt(deadline).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not (SessionStoreException or OperationCanceledException or UnreadableFileException))
        {
            throw errors.From(error, operation);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>
    /// Waits for the stripe's turn in this process and for its lock, without a thread. A write that was started keeps its turn until it has
    /// ended, also if its caller has stopped waiting.
    /// </summary>
    private async Task<TResult> WriteInTurnAsync<TResult>(
        SessionStoreOperation operation,
        byte number,
        Func<TResult> write,
        CallDeadline deadline,
        CancellationToken cancellationToken
    )
    {
        var stripe = StripeOf(number);
        if (!await stripe.Turn.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false))
        {
            throw NotStarted(operation, stripe);
        }

        Task attempt = Task.CompletedTask;
        try
        {
            for (var refusals = 1; ; refusals++)
            {
                var work = new FileWork<(bool IsDone, TResult? Result)>(() => (true, write()), () => TryLock(number));
                attempt = work.Task;
                var (isDone, result) = await RunAsync(operation, work, deadline, cancellationToken, stripe).ConfigureAwait(false);
                stripe.IsLockedOut = !isDone;
                if (isDone)
                {
                    return result!;
                }

                await Stripe.PauseAsync(refusals, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            stripe.ReleaseAfter(attempt);
        }
    }

    private async Task<TResult> RunAsync<TResult>(
        SessionStoreOperation operation,
        FileWork<TResult> work,
        CallDeadline deadline,
        CancellationToken cancellationToken,
        Stripe? stripe = null
    )
    {
        _workers.Post(work);
        try
        {
            return (await work.Task.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false))!;
        }
        catch (TimeoutException) when (work.TryAbandon())
        {
            throw NotStarted(operation, stripe);
        }
        catch (TimeoutException)
            when (operation
                    is SessionStoreOperation.All
                        or SessionStoreOperation.Length
                        or SessionStoreOperation.Clear
                        or SessionStoreOperation.Prune
            )
        {
            // These take as long as the folder is large, so they have no time limit once started.
            return (await work.Task.WaitAsync(cancellationToken).ConfigureAwait(false))!;
        }
        catch (TimeoutException)
        {
            throw errors.Stalled(operation, operationTimeout);
        }
        catch (OperationCanceledException)
        {
            work.TryAbandon();
            throw;
        }
    }

    private SessionStoreUnavailableException NotStarted(SessionStoreOperation operation, Stripe? stripe) =>
        stripe is { IsLockedOut: true } ? errors.Locked(operation, operationTimeout) : errors.Overloaded(operation, operationTimeout);

    private IDisposable? TryLock(byte stripe)
    {
        EnsureOpen();
        return FileLock.TryTake(location.LockOf(stripe), trust);
    }

    private Stripe StripeOf(byte number)
    {
        if (Volatile.Read(ref _stripes[number]) is { } stripe)
        {
            return stripe;
        }

        var created = new Stripe();
        return Interlocked.CompareExchange(ref _stripes[number], created, null) ?? created;
    }

    /// <summary>Opens the folder if it is not open, on a worker's thread.</summary>
    private void EnsureOpen()
    {
        if (_isOpen)
        {
            return;
        }

        lock (_opening)
        {
            if (!_isOpen)
            {
                var mode = opening.Open();
                _isOpen = true;
                opened(mode);
            }
        }
    }

    private void Enter()
    {
        lock (_counting)
        {
            ObjectDisposedException.ThrowIf(_closing, typeof(FileSessionStore));
            _calls++;
        }
    }

    private void Exit()
    {
        lock (_counting)
        {
            if (--_calls == 0 && _closing)
            {
                _lastCallEnded.TrySetResult();
            }
        }
    }
}
