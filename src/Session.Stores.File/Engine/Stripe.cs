namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// One 256th of all sessions: what writes to them is executed one after the other, in this process by a queue, between processes by a lock
/// on a file. Nobody waits for the lock with a thread: where another process has it, the queue comes back later. The operating system
/// releases the lock of a process that ends, however it ends.
/// </summary>
/// <param name="tryLock">Takes the lock; <see langword="null"/> where another process has it.</param>
/// <param name="workers">Where it is executed.</param>
internal sealed class Stripe(Func<IDisposable?> tryLock, FileWorkers workers) : IThreadPoolWorkItem
{
    /// <summary>Requests under one lock at most, so that other processes get their turn.</summary>
    private const int Batch = 16;

    private readonly Queue<FileRequest> _waiting = new();
    private bool _scheduled;
    private int _refusals;

    /// <summary>Whether another process's lock is being waited for right now.</summary>
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

    /// <summary>On a worker, and on one at a time.</summary>
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
            // The lock's file cannot be opened. That is for those to know who wait now; who comes again because of it, or comes after, has
            // a try of its own.
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
        // Another process's lock ends in real time, so no TimeProvider. Varied, so that two processes do not meet again and again.
        var most = Math.Min(1 << Math.Min(_refusals, 4), 10);
        await Task.Delay(TimeSpan.FromMilliseconds(1 + (Random.Shared.NextDouble() * most))).ConfigureAwait(false);
        ReturnIfWaiting();
    }
}
