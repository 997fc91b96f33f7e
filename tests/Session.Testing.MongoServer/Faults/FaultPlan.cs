namespace ServerSessions.Testing.MongoServer;

/// <summary>The faults that are to come. Commands of drivers' own (hello, ping, endSessions) meet only faults that name them.</summary>
public sealed class FaultPlan
{
    private static readonly HashSet<string> DriversOwn = new(StringComparer.Ordinal)
    {
        "hello",
        "isMaster",
        "ismaster",
        "ping",
        "endSessions",
    };

    private readonly Lock _gate = new();
    private readonly List<Planned> _planned = [];
    private TaskCompletionSource? _happened;

    /// <summary>Completes when none is left that is to come: each has met its command, or was forgotten.</summary>
    public Task AllHappened
    {
        get
        {
            lock (_gate)
            {
                return _planned.Count == 0
                    ? Task.CompletedTask
                    : (_happened ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>Lets the next commands meet a fault.</summary>
    /// <param name="count">How many.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="command">Only commands of this name; <see langword="null"/>: of any.</param>
    public void Next(int count, Fault fault, string? command = null)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_gate)
        {
            _planned.Add(new Planned(fault, command) { Left = count });
        }
    }

    /// <summary>Lets every command meet a fault, until <see cref="Clear"/>.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="command">Only commands of this name; <see langword="null"/>: of any.</param>
    public void All(Fault fault, string? command = null) => Next(int.MaxValue, fault, command);

    /// <summary>Forgets the faults that have not happened.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _planned.Clear();
            TellIfNoneIsLeft();
        }
    }

    internal Fault? Take(string command)
    {
        lock (_gate)
        {
            var found = _planned.Find(planned => planned.Command is null ? !DriversOwn.Contains(command) : planned.Command == command);
            if (found is null)
            {
                return null;
            }

            if (found.Left != int.MaxValue && --found.Left == 0)
            {
                _planned.Remove(found);
                TellIfNoneIsLeft();
            }

            return found.Fault;
        }
    }

    private void TellIfNoneIsLeft()
    {
        if (_planned.Count == 0)
        {
            _happened?.TrySetResult();
            _happened = null;
        }
    }

    private sealed class Planned(Fault fault, string? command)
    {
        public Fault Fault { get; } = fault;

        public string? Command { get; } = command;

        public int Left { get; set; }
    }
}
