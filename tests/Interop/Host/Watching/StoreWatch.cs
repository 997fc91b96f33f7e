using System.Collections.Concurrent;

namespace ServerSessions.Interop.Host.Watching;

/// <summary>What is known of the middleware's calls of its store, and which of them are to fail.</summary>
internal sealed class StoreWatch
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentDictionary<string, Exception> _failures = new();
    private int _running;

    /// <summary>Counts a request as running until it has ended, the middleware's work after the response included.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>The names of the calls since they were taken last, once no request runs any more.</summary>
    public async Task<IReadOnlyList<string>> TakeCallsAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _running) > 0)
        {
            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }

        var calls = new List<string>();
        while (_calls.TryDequeue(out var call))
        {
            calls.Add(call);
        }

        return calls;
    }

    /// <summary>Makes the next call of a name fail.</summary>
    public void Fail(string call, Exception failure) => _failures[call] = failure;

    /// <summary>Notes a call, and fails if it is to.</summary>
    public void Note(string call)
    {
        _calls.Enqueue(call);
        if (_failures.TryRemove(call, out var failure))
        {
            throw failure;
        }
    }
}
