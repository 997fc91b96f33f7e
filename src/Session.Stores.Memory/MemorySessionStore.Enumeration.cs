using System.Runtime.CompilerServices;

namespace ServerSessions.Stores.Memory;

// What walks over all sessions. No lock is held on the way; where a session is removed, the lock is taken for that one.
public sealed partial class MemorySessionStore
{
    // A sweep that went through without a rest would hold the lock for most of its time, and be interrupted by the system in the midst of
    // it: requests then wait for milliseconds. A portion takes some 50 microseconds.
    private const int SweepPortion = 250;
    private static readonly TimeSpan SweepRest = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var slot in _table)
        {
            if (slot.RecordAt(_timeProvider.GetUtcNow()) is { } record)
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

        var now = _timeProvider.GetUtcNow();
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
        var now = _timeProvider.GetUtcNow();
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
    /// <value><see langword="true"/>: as often as <c>PruneInterval</c> says.</value>
    public bool PrunesItself => true;

    /// <inheritdoc/>
    public ValueTask<int> PruneAsync(int batch, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : ValueTask.FromResult(RemoveExpired(batch, cancellationToken));
    }

    /// <summary>Removes what has expired, in portions.</summary>
    private async Task SweepAsync()
    {
        var now = _timeProvider.GetUtcNow();
        var removed = 0;
        foreach (var slot in _table)
        {
            if (_disposed)
            {
                return;
            }

            if (slot.RecordAt(now) is null && _table.RemoveExpired(slot, now) && ++removed % SweepPortion == 0)
            {
                // Real time: it is what requests wait in.
                await Task.Delay(SweepRest, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private int RemoveExpired(int atMost, CancellationToken cancellationToken)
    {
        var now = _timeProvider.GetUtcNow();
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
