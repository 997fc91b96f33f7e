using System.Collections.Concurrent;

namespace ServerSessions.Testing;

/// <summary>
/// Collects the exceptions of tasks that no one awaited, for as long as a test looks. Of other tests in the process some may be left over:
/// a filter keeps those of the tested code.
/// </summary>
public sealed class UnobservedExceptions : IDisposable
{
    private readonly ConcurrentQueue<string> _texts = new();
    private readonly Func<string, bool> _counts;

    /// <summary>Begins to look.</summary>
    /// <param name="counts">Whether an exception, as text with its stack, is the tested code's.</param>
    public UnobservedExceptions(Func<string, bool> counts)
    {
        _counts = counts;
        TaskScheduler.UnobservedTaskException += OnUnobserved;
    }

    /// <summary>What there has been, once what no one refers to any more is collected.</summary>
    public IReadOnlyCollection<string> Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return _texts;
    }

    /// <summary>Looks no more.</summary>
    public void Dispose() => TaskScheduler.UnobservedTaskException -= OnUnobserved;

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        if (e.Exception.ToString() is var text && _counts(text))
        {
            _texts.Enqueue(text);
        }
    }
}
