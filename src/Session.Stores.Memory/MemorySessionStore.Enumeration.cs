using System.Runtime.CompilerServices;

namespace ServerSessions.Stores.Memory;

// The operations on all sessions. They hold no lock, except for each session that they remove.
public sealed partial class MemorySessionStore
{
    // Without pauses, pruning holds the lock most of the time, and requests wait milliseconds if the system preempts it. A portion takes
    // about 50 microseconds.
    private const int PrunePortion = 250;
    private static readonly TimeSpan PrunePause = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var slot in _table)
        {
            if (slot.RecordAt(Clock.Now) is { } record)
            {
                yield return new SessionEntry(slot.Sid, record);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<long>(cancellationToken);
        }

        var now = Clock.Now;
        var length = 0L;
        foreach (var slot in _table)
        {
            length += slot.RecordAt(now) is null ? 0 : 1;
        }

        return ValueTask.FromResult(length);
    }

    /// <inheritdoc/>
    public ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        var now = Clock.Now;
        foreach (var slot in _table)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            _table.Set(slot.Sid, record: null, now);
        }

        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <value>Always <see langword="true"/>: the store prunes at each <see cref="MemorySessionStoreOptions.PruneInterval"/>.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : ValueTask.FromResult(RemoveExpired(batch, cancellationToken));
    }

    /// <summary>Removes expired sessions in portions.</summary>
    private async Task PruneOnTimerAsync()
    {
        var now = Clock.Now;
        var removed = 0;
        foreach (var slot in _table)
        {
            if (_isClosed)
            {
                return;
            }

            if (slot.RecordAt(now) is null && _table.RemoveExpired(slot, now) && ++removed % PrunePortion == 0)
            {
                // Real time: requests wait in real time.
                await Task.Delay(PrunePause, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private int RemoveExpired(int atMost, CancellationToken cancellationToken)
    {
        var now = Clock.Now;
        var removed = 0;
        foreach (var slot in _table)
        {
            if (removed == atMost || cancellationToken.IsCancellationRequested)
            {
                break;
            }

            if (slot.RecordAt(now) is null && _table.RemoveExpired(slot, now))
            {
                removed++;
            }
        }

        return removed;
    }
}
