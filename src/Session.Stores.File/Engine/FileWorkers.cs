using System.Collections.Concurrent;

namespace ServerSessions.Stores.File.Engine;

/// <summary>
/// A few threads of the store's own for everything that waits for the disk. .NET's asynchronous file methods block a pool thread on Linux,
/// without a bound; here a disk that stalls holds these threads and no request's. They are started as work comes, and end with the store.
/// </summary>
internal sealed class FileWorkers : IAsyncDisposable
{
    /// <summary>Enough to keep a disk busy; beyond this, more threads only wait at the same disk.</summary>
    private static readonly int Most = Math.Clamp(Environment.ProcessorCount * 2, 4, 16);

    private readonly BlockingCollection<IThreadPoolWorkItem> _queue = [];
    private readonly Lock _starting = new();
    private readonly List<Task> _ended = [];
    private int _outstanding;
    private volatile bool _disposed;

    /// <summary>Hands over some work. It is executed unless the workers have been disposed, and throws nothing.</summary>
    public void Post(IThreadPoolWorkItem work)
    {
        var outstanding = Interlocked.Increment(ref _outstanding);
        lock (_starting)
        {
            if (_disposed)
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

    /// <summary>Executes what was handed over and ends the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_starting)
        {
            _disposed = true;
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
