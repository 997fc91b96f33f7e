using System.Diagnostics;

namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// Runs calls on the workers within the operation timeout; writes of a stripe run one after the other. The folder is opened at the first
/// call; after a failure, the next call tries again.
/// </summary>
/// <param name="location">The paths.</param>
/// <param name="failures">Maps errors to exceptions.</param>
/// <param name="trust">Decides what is refused.</param>
/// <param name="opening">Opens the folder.</param>
/// <param name="operationTimeout">The longest wait of a call.</param>
/// <param name="opened">Called on a worker's thread after each opening.</param>
internal sealed class SessionFolder(
    FileLocation location,
    FileFailures failures,
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
            stripe: null,
            () =>
            {
                EnsureOpen();
                return read();
            },
            cancellationToken
        );

    /// <summary>Runs work under the lock of a stripe.</summary>
    public ValueTask<TResult> WriteAsync<TResult>(
        SessionStoreOperation operation,
        byte stripe,
        Func<TResult> write,
        CancellationToken cancellationToken
    ) => CallAsync(operation, StripeOf(stripe), write, cancellationToken);

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
        Stripe? stripe,
        Func<TResult> work,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var started = Stopwatch.GetTimestamp();
        Enter();
        try
        {
            try
            {
                return await AttemptAsync(operation, stripe, work, started, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error)
                when (error is not (SessionStoreException or UnreadableFileException) && FileFault.CodeOf(error) == FileFault.NoEntry)
            {
                // The folder was removed after it was opened.
                _isOpen = false;
                return await AttemptAsync(operation, stripe, work, started, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not (SessionStoreException or OperationCanceledException or UnreadableFileException))
        {
            throw failures.From(error, operation);
        }
        finally
        {
            Exit();
        }
    }

    private async Task<TResult> AttemptAsync<TResult>(
        SessionStoreOperation operation,
        Stripe? stripe,
        Func<TResult> work,
        long started,
        CancellationToken cancellationToken
    )
    {
        var request = new FileRequest<TResult>(work);
        if (stripe is null)
        {
            _workers.Post(request);
        }
        else
        {
            stripe.Post(request);
        }

        try
        {
            var left = operationTimeout - Stopwatch.GetElapsedTime(started);
            return await request.Task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (request.TryAbandon())
        {
            throw stripe is { IsLockedOut: true }
                ? failures.Locked(operation, operationTimeout)
                : failures.Overloaded(operation, operationTimeout);
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
            return await request.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw failures.Stalled(operation, operationTimeout);
        }
        catch (OperationCanceledException)
        {
            request.TryAbandon();
            throw;
        }
    }

    private Stripe StripeOf(byte number)
    {
        if (Volatile.Read(ref _stripes[number]) is { } stripe)
        {
            return stripe;
        }

        var lockFile = location.LockOf(number);
        var made = new Stripe(
            () =>
            {
                EnsureOpen();
                return FileLock.TryTake(lockFile, trust);
            },
            _workers
        );
        return Interlocked.CompareExchange(ref _stripes[number], made, null) ?? made;
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
