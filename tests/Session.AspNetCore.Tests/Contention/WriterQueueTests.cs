using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Contention;

/// <summary>The turns of the writers of one record, without a store and on a clock of the test.</summary>
public sealed class WriterQueueTests
{
    private const string Key = "the key of a session";

    private readonly FakeTimeProvider _clock = new();
    private readonly WriterQueue _queue;

    public WriterQueueTests() => _queue = new WriterQueue(_clock);

    [Fact]
    public async Task Writers_get_their_turns_in_the_order_of_their_arrival()
    {
        var front = await Enter();
        Task<WriterTurn>[] behind = [.. Enumerable.Range(0, 8).Select(_ => Enter())];
        foreach (var next in behind)
        {
            Assert.All(behind.SkipWhile(one => one != next), static waits => Assert.False(waits.IsCompleted));
            front.Leave();
            front = await next.WithinBoundAsync("the next turn");
            Assert.True(front.IsHeld);
        }

        front.Leave();
    }

    [Fact]
    public async Task Writers_of_different_records_do_not_wait_for_each_other()
    {
        var turns = new List<WriterTurn>();
        for (var i = 0; i < 100; i++)
        {
            var entered = _queue.EnterAsync($"key {i}", CancellationToken.None);
            Assert.True(entered.IsCompletedSuccessfully);
            turns.Add(await entered);
        }

        Assert.All(turns, static turn => Assert.True(turn.IsHeld));
    }

    [Fact]
    public async Task A_writer_that_is_alone_allocates_nothing()
    {
        for (var i = 0; i < 100; i++)
        {
            await EnterAndLeaveAsync();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            var alone = EnterAndLeaveAsync();
            Assert.True(alone.IsCompletedSuccessfully);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Each_writer_gets_the_record_that_was_stored_last()
    {
        var (stored, first) = (Record(), await Enter());
        var (second, third) = (Enter(), Enter());
        first.Leave(stored);
        var turn = await second;
        Assert.Same(stored, turn.Latest);

        // It stores nothing: the record is still the last.
        turn.Leave();
        turn = await third;
        Assert.Same(stored, turn.Latest);

        turn.Leave(Record());
        Assert.Null((await Enter()).Latest);
    }

    [Fact]
    public async Task A_writer_that_gives_up_leaves_its_place_to_the_next()
    {
        using var leaving = new CancellationTokenSource();
        var front = await Enter();
        var cancelled = Enter(leaving.Token);
        var next = Enter();

        await leaving.CancelAsync();
        var ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(leaving.Token, ended.CancellationToken);
        Assert.False(next.IsCompleted);

        front.Leave();
        Assert.True((await next.WithinBoundAsync("the next turn")).IsHeld);
    }

    [Fact]
    public async Task A_writer_that_gives_up_once_it_has_its_turn_still_has_it()
    {
        using var leaving = new CancellationTokenSource();
        var front = await Enter();
        var next = Enter(leaving.Token);
        front.Leave();
        var turn = await next.WithinBoundAsync("the next turn");

        await leaving.CancelAsync();

        var behind = Enter();
        Assert.True(turn.IsHeld);
        Assert.False(behind.IsCompleted);
        turn.Leave();
        Assert.True((await behind.WithinBoundAsync("the turn behind it")).IsHeld);
    }

    [Fact]
    public async Task Writers_beyond_the_bound_go_on_without_a_turn_and_wait_for_one_once_there_is_room()
    {
        using var leaving = new CancellationTokenSource();
        await Enter();
        var waiting = Enumerable.Range(0, WriterLine.MostWaiting).Select(_ => Enter(leaving.Token)).ToArray();

        var beyond = Enter();
        Assert.True(beyond.IsCompletedSuccessfully);
        Assert.False((await beyond).IsHeld);
        Assert.All(waiting, static waits => Assert.False(waits.IsCompleted));

        await leaving.CancelAsync();
        var again = _queue.AgainAsync(await beyond, Key, attempt: 1, CancellationToken.None).AsTask();
        Assert.False(again.IsCompleted);
    }

    [Fact]
    public async Task If_the_store_fails_for_the_one_in_front_the_others_go_on_at_once()
    {
        var front = await Enter();
        Task<WriterTurn>[] behind = [.. Enumerable.Range(0, 8).Select(_ => Enter())];

        front.Dissolve();

        foreach (var turn in await Task.WhenAll(behind).WithinBoundAsync("those behind"))
        {
            Assert.False(turn.IsHeld);
            turn.Leave();
        }

        // The one in front has not left yet, so one that comes now does not wait for it either.
        Assert.False((await Enter().WithinBoundAsync("one that comes now")).IsHeld);
        front.Leave();
        Assert.True((await Enter()).IsHeld);
    }

    [Fact]
    public async Task A_writer_in_front_without_progress_holds_the_others_up_for_a_second()
    {
        var front = await Enter();
        var behind = Enter();

        _clock.Advance(WriterLine.LongestTurn - TimeSpan.FromMilliseconds(1));
        Assert.False(behind.IsCompleted);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False((await behind.WithinBoundAsync("the one behind")).IsHeld);
        front.Leave();
    }

    [Fact]
    public async Task A_writer_that_another_process_was_ahead_of_keeps_its_turn()
    {
        var front = await Enter();
        var behind = Enter();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            _clock.Advance(WriterLine.LongestTurn / 2);
            var again = _queue.AgainAsync(front, Key, attempt, CancellationToken.None).AsTask();
            Assert.Equal(attempt == 1, again.IsCompleted);
            _clock.Advance(BackOff.LongestDelay);
            front = await again.WithinBoundAsync("the end of the pause");
        }

        Assert.True(front.IsHeld);
        Assert.False(behind.IsCompleted);
        front.Leave();
        Assert.True((await behind.WithinBoundAsync("the next turn")).IsHeld);
    }

    [Fact]
    public async Task Writers_that_hand_a_record_on_pause_now_and_then_for_those_of_other_processes()
    {
        var clock = new ManualClock();
        var queue = new WriterQueue(clock);
        var front = await EnterAsync();
        var (second, third, fourth) = (EnterAsync(), EnterAsync(), EnterAsync());
        front.Leave(Record());
        front = await second.WithinBoundAsync("a turn within the run");

        clock.Advance(WriterLine.LongestRun);
        front.Leave(Record());
        await EndPauseAsync(clock, third);
        front = await third.WithinBoundAsync("a turn after the pause");

        // Another run has begun.
        front.Leave(Record());
        Assert.True((await fourth.WithinBoundAsync("a turn within the next run")).IsHeld);

        Task<WriterTurn> EnterAsync() => queue.EnterAsync(Key, CancellationToken.None).AsTask();
    }

    [Fact]
    public async Task A_writer_for_whom_others_wait_tries_again_within_4_milliseconds()
    {
        var front = await Enter();
        var behind = Enter();
        for (var attempt = 2; attempt <= 12; attempt++)
        {
            var again = _queue.AgainAsync(front, Key, attempt, CancellationToken.None).AsTask();
            _clock.Advance(TimeSpan.FromMilliseconds(4));
            front = await again.WithinBoundAsync("the end of the pause");
        }

        front.Leave();
        Assert.True((await behind.WithinBoundAsync("the next turn")).IsHeld);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_writer_for_whom_none_waits_pauses_longer(bool hasWaited)
    {
        var front = await Enter();
        if (hasWaited)
        {
            var behind = Enter();
            front.Leave();
            front = await behind.WithinBoundAsync("the next turn");
        }

        var longer = 0;
        for (var i = 0; i < 12; i++)
        {
            // A random pause of up to 256 milliseconds: that all twelve are short has a chance of 10^-23.
            var again = _queue.AgainAsync(front, Key, attempt: 10, CancellationToken.None).AsTask();
            _clock.Advance(TimeSpan.FromMilliseconds(4));
            longer += again.IsCompleted ? 0 : 1;
            _clock.Advance(BackOff.LongestDelay);
            front = await again.WithinBoundAsync("the end of the pause");
        }

        front.Leave();
        Assert.InRange(longer, 1, 12);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task A_process_that_was_overtaken_within_the_last_second_pauses_sooner(int secondsAgo, bool pauses)
    {
        var clock = new ManualClock();
        var queue = new WriterQueue(clock);
        var front = await EnterAsync();
        var (second, third) = (EnterAsync(), EnterAsync());
        front = await queue.AgainAsync(front, Key, attempt: 1, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(secondsAgo));
        front.Leave(Record());
        if (secondsAgo > 0)
        {
            await EndPauseAsync(clock, second);
        }

        front = await second.WithinBoundAsync("a turn");
        clock.Advance(WriterLine.SharedRun);
        front.Leave(Record());
        if (pauses)
        {
            await EndPauseAsync(clock, third);
        }

        Assert.True((await third.WithinBoundAsync("the next turn")).IsHeld);

        Task<WriterTurn> EnterAsync() => queue.EnterAsync(Key, CancellationToken.None).AsTask();
    }

    [Fact]
    public async Task Nothing_is_left_of_a_record_that_no_one_writes()
    {
        var (key, stored) = await ContendAsync();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(key.IsAlive);
        Assert.False(stored.IsAlive);
    }

    /// <summary>Writers of a record: one that stores, one that gives up, and those whom it has left without a turn.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<(WeakReference Key, WeakReference Stored)> ContendAsync()
    {
        using var leaving = new CancellationTokenSource();
        var (key, stored) = (new string('k', 40), Record());
        var front = await _queue.EnterAsync(key, leaving.Token);
        var (second, cancelled, last) = (Wait(leaving.Token), Wait(leaving.Token), Wait(CancellationToken.None));
        front.Leave(stored);
        var turn = await second.WithinBoundAsync("the second turn");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        turn.Dissolve();
        (await last.WithinBoundAsync("the last one")).Leave();
        turn.Leave();
        return (new WeakReference(key), new WeakReference(stored));

        Task<WriterTurn> Wait(CancellationToken cancellationToken) => _queue.EnterAsync(key, cancellationToken).AsTask();
    }

    /// <summary>Ends the pause of a process, before which the next writer waits.</summary>
    private static async Task EndPauseAsync(ManualClock clock, Task<WriterTurn> next)
    {
        var (due, fire) = await clock.ArmedAsync();
        while (due != WriterWaiter.Yield)
        {
            (due, fire) = await clock.ArmedAsync();
        }

        Assert.False(next.IsCompleted);
        fire();
    }

    private static SessionRecord Record() => new("{}"u8, expires: null);

    private Task<WriterTurn> Enter(CancellationToken cancellationToken = default) => _queue.EnterAsync(Key, cancellationToken).AsTask();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask EnterAndLeaveAsync()
    {
        var turn = await _queue.EnterAsync(Key, CancellationToken.None);
        turn.Leave();
    }
}
