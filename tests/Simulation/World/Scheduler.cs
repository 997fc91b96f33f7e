namespace ServerSessions.Simulation.World;

/// <summary>
/// Runs everything of a simulation on one thread. What goes on next, of all that could, the seed decides: a continuation, a step of the
/// store, a timer.
/// </summary>
internal sealed class Scheduler(int seed, SimClock clock) : SynchronizationContext
{
    // Short delays end at some point between others; a deadline passes only if nothing else is left to do, or calls may be late.
    private const double TimerBeforeOthers = 0.01;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    private readonly List<Action> _ready = [];
    private ulong _trace = 14695981039346656037;

    public Random Random { get; } = new(seed);

    /// <summary>Whether messages may take so long that deadlines pass.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Called after each step, for a look at what is at rest then.</summary>
    public Action? Stepped { get; set; }

    /// <summary>Steps taken so far: the time of the history.</summary>
    public int Now { get; private set; }

    /// <summary>A hash of every choice and every note: equal for equal histories.</summary>
    public string Trace => _trace.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public override void Post(SendOrPostCallback d, object? state) => _ready.Add(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing here may block.");

    /// <summary>Completes when the scheduler comes to it: a message on its way.</summary>
    public Task StepAsync()
    {
        // Its continuation runs right there, on this thread.
        var step = new TaskCompletionSource();
        _ready.Add(step.SetResult);
        return step.Task;
    }

    public void Note(string text)
    {
        foreach (var character in text)
        {
            _trace = (_trace ^ character) * 1099511628211;
        }
    }

    /// <summary>Runs until a task has ended.</summary>
    public void Run(Func<Task> start)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = start();
            while (!task.IsCompleted)
            {
                Now++;
                if (_ready.Count == 0 && !clock.FireNext(TimeSpan.MaxValue))
                {
                    throw new InvalidOperationException("Everything waits for something that no one will do.");
                }

                if (_ready.Count == 0 || (Random.NextDouble() < TimerBeforeOthers && clock.FireNext(IsSlow ? TimeSpan.MaxValue : Soon)))
                {
                    continue;
                }

                var index = Random.Next(_ready.Count);
                var next = _ready[index];
                _ready.RemoveAt(index);
                Note($"{index}/{_ready.Count};");
                next();
                Stepped?.Invoke();
            }

            if (task.IsFaulted)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(task.Exception.InnerException!);
            }
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
