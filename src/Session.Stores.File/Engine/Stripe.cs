namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// One 256th of all sessions. Its writes run one after the other: a queue orders them in this process, a file lock between processes. No
/// thread blocks on the lock: if another process has it, the queue tries again later. The operating system releases the lock of a process
/// that ends.
/// </summary>
/// <param name="tryLock">Takes the lock; returns <see langword="null"/> if another process has it.</param>
/// <param name="workers">The threads that run the writes.</param>
internal sealed class Stripe(Func<IDisposable?> tryLock, FileWorkers workers) : IThreadPoolWorkItem
{
    /// <summary>The most requests under one lock, so that other processes can take it.</summary>
    private const int Batch = 16;

    private readonly Queue<FileRequest> _waiting = new();
    private bool _scheduled;
    private int _refusals;

    /// <summary>Whether the queue is waiting for another process's lock.</summary>
    public bool IsLockedOut => Volatile.Read(ref _refusals) > 0;

    public void Post(FileRequest request)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(request);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        workers.Post(this);
    }

    /// <summary>Serves the queue, on one worker at a time.</summary>
    public void Execute()
    {
        try
        {
            using var held = tryLock();
            if (held is null)
            {
                Interlocked.Increment(ref _refusals);
                _ = ReturnLaterAsync();
                return;
            }

            Volatile.Write(ref _refusals, 0);
            for (var i = 0; i < Batch && TryTake() is { } request; i++)
            {
                request.Execute();
            }
        }
        catch (Exception error)
        {
            // The lock file cannot be opened. This fails the requests that wait now; later requests try again.
            Volatile.Write(ref _refusals, 0);
            foreach (var request in TakeAll())
            {
                request.Fail(error);
            }
        }

        ReturnIfWaiting();
    }

    private FileRequest? TryTake()
    {
        lock (_waiting)
        {
            return _waiting.TryDequeue(out var request) ? request : null;
        }
    }

    private FileRequest[] TakeAll()
    {
        lock (_waiting)
        {
            var all = _waiting.ToArray();
            _waiting.Clear();
            return all;
        }
    }

    private void ReturnIfWaiting()
    {
        lock (_waiting)
        {
            while (_waiting.TryPeek(out var first) && first.IsAbandoned)
            {
                _waiting.Dequeue();
            }

            if (_waiting.Count == 0)
            {
                _scheduled = false;
                Volatile.Write(ref _refusals, 0);
                return;
            }
        }

        workers.Post(this);
    }

    private async Task ReturnLaterAsync()
    {
        // Real time and not TimeProvider, because another process's lock ends in real time. Randomized to avoid repeated collisions.
        var most = Math.Min(1 << Math.Min(_refusals, 4), 10);
        await Task.Delay(TimeSpan.FromMilliseconds(1 + (Random.Shared.NextDouble() * most))).ConfigureAwait(false);
        ReturnIfWaiting();
    }
}
