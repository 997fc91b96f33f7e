using System.Runtime.ExceptionServices;

namespace ServerSessions.Stores.Moving.Tests.Simulation;

/// <summary>
/// Runs the callers of a history on one thread. Each has one step at a time, and a seed decides whose is next. Without a synchronization
/// context, what awaits a step goes on inside of it.
/// </summary>
internal sealed class Steps(Random random)
{
    private readonly List<TaskCompletionSource> _ready = [];

    /// <summary>Completes when it is chosen.</summary>
    public Task NextAsync()
    {
        var step = new TaskCompletionSource();
        _ready.Add(step);
        return step.Task;
    }

    /// <summary>Runs until a task has ended.</summary>
    public void Run(Func<Task> start)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var task = start();
            while (!task.IsCompleted)
            {
                var index = random.Next(_ready.Count);
                var next = _ready[index];
                _ready.RemoveAt(index);
                next.SetResult();
            }

            if (task.IsFaulted)
            {
                ExceptionDispatchInfo.Throw(task.Exception.InnerException!);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }
}
