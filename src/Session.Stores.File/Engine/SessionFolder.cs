using System.Diagnostics;

namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// A folder as the store sees it: calls that are executed by the workers, those that write one after the other for each stripe, all within
/// the busy timeout. Opened at the first call; a failure is not kept.
/// </summary>
/// <param name="location">Where.</param>
/// <param name="failures">What to say where it fails.</param>
/// <param name="trust">What is refused in it.</param>
/// <param name="opening">How it is opened.</param>
/// <param name="operationTimeout">The longest that a call waits.</param>
/// <param name="opened">Told, on a worker's thread, whenever the folder was opened.</param>
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

    /// <summary>Executes something that needs no lock.</summary>
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

    /// <summary>Executes something under the lock of a stripe.</summary>
    public ValueTask<TResult> WriteAsync<TResult>(
        SessionStoreOperation operation,
        byte stripe,
        Func<TResult> write,
        CancellationToken cancellationToken
    ) => CallAsync(operation, StripeOf(stripe), write, cancellationToken);

    /// <summary>Refuses new calls, waits for those under way, and ends the workers.</summary>
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
                // The folder has gone since it was opened.
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
            // Begun, and as long as the folder: these end when they end.
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

    /// <summary>On a worker's thread.</summary>
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
