namespace ServerSessions;

/// <summary>The writers that wait for their turn at one record, while another one has it. Its lock is held by the caller.</summary>
/// <remarks>
/// A process whose writers hand the record on needs no read before a write, and so is always ahead of the other processes. Its line pauses
/// now and then to let them write.
/// </remarks>
internal sealed class WriterLine : IDisposable
{
    /// <summary>The most writers that wait. Others go on without a turn.</summary>
    public const int MostWaiting = 1_000;

    /// <summary>The longest time without progress of the writer in front. After it, those that wait go on without a turn.</summary>
    public static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);

    /// <summary>How long a process writes before it lets others write, if none was ahead of it.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(25);

    /// <summary>How long a process writes before it lets others write, if one of them was ahead of late.</summary>
    public static readonly TimeSpan SharedRun = TimeSpan.FromMilliseconds(3);

    /// <summary>How long a process remembers that another one was ahead, if writers wait as long.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);

    private readonly LinkedList<WriterWaiter> _waiting = new();
    private readonly WriterQueue _queue;
    private readonly string _key;
    private readonly Lock _gate;
    private readonly TimeProvider _clock;
    private readonly ITimer _stall;
    private SessionRecord? _latest;
    private long _runBegan;
    private long? _overtaken;
    private bool _isDissolved;

    public WriterLine(WriterQueue queue, string key, Lock gate, TimeProvider clock)
    {
        (_queue, _key, _gate, _clock) = (queue, key, gate, clock);
        _runBegan = clock.GetTimestamp();
        _stall = clock.CreateTimer(static line => ((WriterLine)line!).OnStall(), this, LongestTurn, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether a writer waits for the one in front.</summary>
    public bool IsWaitedFor => _waiting.Count > 0;

    /// <summary>Adds a writer at the end.</summary>
    /// <returns>Its place; <see langword="null"/> if it does not wait.</returns>
    public WriterWaiter? Join()
    {
        if (_isDissolved || _waiting.Count == MostWaiting)
        {
            return null;
        }

        var waiter = new WriterWaiter(_gate, _clock);
        _waiting.AddLast(waiter.Place);
        return waiter;
    }

    /// <summary>Gives the turn to the writer that has waited longest.</summary>
    /// <param name="stored">The record that the writer in front has stored, if it has.</param>
    /// <returns>Whether one waits.</returns>
    public bool Next(SessionRecord? stored)
    {
        if (_waiting.First is not { Value: var next })
        {
            return false;
        }

        _latest = stored ?? _latest;
        var yields = _latest is not null && _clock.GetElapsedTime(_runBegan) >= (IsShared ? SharedRun : LongestRun);
        Restart(isRun: yields);
        _waiting.RemoveFirst();
        next.Go(new WriterTurn(_queue, _key, _latest), yields);
        return true;
    }

    /// <summary>Called when a writer of another process was ahead of the one in front.</summary>
    public void OnOvertaken()
    {
        Restart(isRun: true);
        _overtaken = _runBegan;
    }

    /// <summary>Lets all go on without a turn, and those that come until the writer in front has left.</summary>
    public void Dissolve()
    {
        _isDissolved = true;
        while (_waiting.First is { Value: var next })
        {
            _waiting.RemoveFirst();
            next.Go(default, yields: false);
        }
    }

    public void Dispose() => _stall.Dispose();

    private bool IsShared => _overtaken is { } then && _clock.GetElapsedTime(then) < Remembered;

    private void Restart(bool isRun)
    {
        if (isRun)
        {
            _runBegan = _clock.GetTimestamp();
        }

        _stall.Change(LongestTurn, Timeout.InfiniteTimeSpan);
    }

    private void OnStall()
    {
        lock (_gate)
        {
            Dissolve();
        }
    }
}
