namespace ServerSessions;

/// <summary>The place of a writer in a <see cref="WriterLine"/>.</summary>
internal sealed class WriterWaiter
{
    /// <summary>How long a process lets others write.</summary>
    public static readonly TimeSpan Yield = TimeSpan.FromMilliseconds(2);

    // The writer in front must not go on with the request of the next one.
    private readonly TaskCompletionSource<WriterTurn> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate;
    private readonly TimeProvider _clock;
    private bool _yields;

    /// <param name="gate">The lock of the line.</param>
    /// <param name="clock">The clock of pauses.</param>
    public WriterWaiter(Lock gate, TimeProvider clock)
    {
        (_gate, _clock) = (gate, clock);
        Place = new LinkedListNode<WriterWaiter>(this);
    }

    /// <summary>Completes with the turn, or with none.</summary>
    public Task<WriterTurn> Task => _turn.Task;

    /// <summary>The place; in no line any more once the writer has its turn or has given up.</summary>
    public LinkedListNode<WriterWaiter> Place { get; }

    /// <summary>Lets the writer go on.</summary>
    public void Go(WriterTurn turn, bool yields)
    {
        _yields = yields;
        _turn.SetResult(turn);
    }

    /// <summary>Leaves the line, unless the writer has its turn already.</summary>
    public void GiveUp(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Place.List is not { } line)
            {
                return;
            }

            line.Remove(Place);
        }

        _turn.SetCanceled(cancellationToken);
    }

    /// <summary>Lets writers of other processes write, if it is time to.</summary>
    public Task YieldAsync(CancellationToken cancellationToken) =>
        _yields ? System.Threading.Tasks.Task.Delay(Yield, _clock, cancellationToken) : System.Threading.Tasks.Task.CompletedTask;
}
