using System.Collections.Concurrent;

namespace ServerSessions.Stores.File.Connection;

/// <summary>
/// The threads of a store that wait for the disk. On Linux .NET's asynchronous file methods block pool threads without a limit; here a
/// stalled disk blocks only these threads. They are started on demand and end with the store.
/// </summary>
internal sealed class FileWorkers : IAsyncDisposable
{
    /// <summary>The most threads: twice the processors, 4 to 16. More threads would only wait for the same disk.</summary>
    private static readonly int Most = Math.Clamp(Environment.ProcessorCount * 2, 4, 16);

    private readonly BlockingCollection<IThreadPoolWorkItem> _queue = [];
    private readonly Lock _starting = new();
    private readonly List<Task> _ended = [];
    private int _outstanding;
    private volatile bool _isDisposed;

    /// <summary>Queues work, which must not throw. It runs unless the workers are disposed.</summary>
    public void Post(IThreadPoolWorkItem work)
    {
        var outstanding = Interlocked.Increment(ref _outstanding);
        lock (_starting)
        {
            if (_isDisposed)
            {
                return;
            }

            _queue.Add(work);
            if (outstanding > _ended.Count && _ended.Count < Most)
            {
                var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _ended.Add(ended.Task);
                new Thread(() => Run(ended)) { IsBackground = true, Name = "Session.Stores.File worker" }.Start();
            }
        }
    }

    /// <summary>Completes queued work and ends the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_starting)
        {
            _isDisposed = true;
            _queue.CompleteAdding();
        }

        await Task.WhenAll(_ended).ConfigureAwait(false);
    }

    private void Run(TaskCompletionSource ended)
    {
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            work.Execute();
            Interlocked.Decrement(ref _outstanding);
        }

        ended.SetResult();
    }
}
