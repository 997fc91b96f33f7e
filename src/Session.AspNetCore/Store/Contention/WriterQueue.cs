using System.Runtime.InteropServices;

namespace ServerSessions;

/// <summary>
/// Lets the writers of one record take turns within this process, in the order of their arrival, so that they do not overtake each other in
/// the backend. It orders writers and protects nothing: the compare-and-set of the store decides what is stored.
/// </summary>
/// <remarks>A writer that is alone enters at once and allocates nothing. Nothing is held for a record that has no writer.</remarks>
/// <param name="clock">The clock of turns and pauses.</param>
internal sealed class WriterQueue(TimeProvider clock)
{
    // Each has a lock, which is held for a look-up: writers of different records seldom wait for the same one.
    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, 16).Select(static _ => new Stripe())];

    /// <summary>Waits for the turn to write a record. The turn must be left; see <see cref="WriterTurn.Leave"/>.</summary>
    /// <param name="key">The store key of the record.</param>
    /// <param name="cancellationToken">Ends the wait. The place goes to the next writer.</param>
    /// <returns>The turn. None if too many wait, or if the writers wait for one that does not make progress.</returns>
    public ValueTask<WriterTurn> EnterAsync(string key, CancellationToken cancellationToken)
    {
        var stripe = StripeOf(key);
        WriterWaiter? waiter;
        lock (stripe.Gate)
        {
            ref var line = ref CollectionsMarshal.GetValueRefOrAddDefault(stripe.Lines, key, out var isTaken);
            if (!isTaken)
            {
                return new(new WriterTurn(this, key));
            }

            line ??= new WriterLine(this, key, stripe.Gate, clock);
            waiter = line.Join();
        }

        return waiter is null ? default : WaitAsync(waiter, cancellationToken);
    }

    /// <summary>
    /// Prepares another attempt of a writer that another one was ahead of: waits for a turn, or a while if it has one already. Another
    /// process was then ahead.
    /// </summary>
    /// <param name="turn">The writer's turn, or none.</param>
    /// <param name="key">The store key of the record.</param>
    /// <param name="attempt">The attempt that has failed, from 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The turn for the next attempt, or none. In place of the former one.</returns>
    public async ValueTask<WriterTurn> AgainAsync(WriterTurn turn, string key, int attempt, CancellationToken cancellationToken)
    {
        var isInFront = false;
        if (turn.IsHeld)
        {
            var stripe = StripeOf(key);
            lock (stripe.Gate)
            {
                if (stripe.Lines[key] is { } line)
                {
                    line.OnOvertaken();
                    isInFront = line.IsWaitedFor;
                }
            }
        }
        else
        {
            turn = await EnterAsync(key, cancellationToken);
            if (turn.IsHeld)
            {
                return turn;
            }
        }

        await Task.Delay(BackOff.PauseAfter(attempt, isInFront), clock, cancellationToken);
        return turn.WithoutLatest();
    }

    /// <summary>Ends a turn, which the next writer gets.</summary>
    internal void Leave(string key, SessionRecord? stored)
    {
        var stripe = StripeOf(key);
        lock (stripe.Gate)
        {
            if (stripe.Lines[key] is not { } line)
            {
                stripe.Lines.Remove(key);
            }
            else if (!line.Next(stored))
            {
                line.Dispose();
                stripe.Lines.Remove(key);
            }
        }
    }

    /// <summary>Lets all that wait for a turn go on without one.</summary>
    internal void Dissolve(string key)
    {
        var stripe = StripeOf(key);
        lock (stripe.Gate)
        {
            stripe.Lines[key]?.Dissolve();
        }
    }

    private static async ValueTask<WriterTurn> WaitAsync(WriterWaiter waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (waiter, token) => ((WriterWaiter)waiter!).GiveUp(token),
            waiter
        );
        var turn = await waiter.Task;
        try
        {
            await waiter.YieldAsync(cancellationToken);
            return turn;
        }
        catch
        {
            turn.Leave();
            throw;
        }
    }

    // Ids and hashes are random in the middle; their ends may be padding.
    private Stripe StripeOf(string key) => _stripes[key.Length == 0 ? 0 : key[key.Length / 2] % _stripes.Length];

    private sealed class Stripe
    {
        public Lock Gate { get; } = new();

        /// <summary>The records that have a writer, each with those that wait; <see langword="null"/> if none does.</summary>
        public Dictionary<string, WriterLine?> Lines { get; } = new(StringComparer.Ordinal);
    }
}
