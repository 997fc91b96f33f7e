using System.Runtime.CompilerServices;

namespace ServerSessions.Stores;

/// <summary>One drain.</summary>
internal sealed class DrainRun(MovingSessionStore store, StoreDrainOptions options, IProgress<StoreDrainProgress>? progress)
{
    // A session that changes during each of so many attempts is in use, and is carried by a request.
    private const int MostAttempts = 8;

    private static readonly TimeSpan ReportPause = TimeSpan.FromSeconds(1);

    private readonly MoveRoute _route = store.Route;
    private readonly MoveClock _clock = store.Clock;
    private readonly long _begun = store.Clock.Timestamp;
    private readonly Lock _gate = new();
    private TimeSpan _nextStart;
    private TimeSpan _nextReport = ReportPause;
    private volatile bool _isChanged;
    private long _found;
    private long _moved;
    private long _both;
    private long _left;
    private Exception? _failure;

    public async Task<StoreDrainResult> RunAsync(CancellationToken cancellationToken)
    {
        using var activity = MoveActivities.BeginDrain(_route, store.Backend);
        try
        {
            var result = await DrainAsync(cancellationToken).ConfigureAwait(false);
            activity.SetCount(result.Moved, result.Left);
            return result;
        }
        catch (Exception failure)
        {
            activity.SetCount(Interlocked.Read(ref _moved), failed: 0);
            activity.SetFailure(failure);
            throw;
        }
    }

    private async Task<StoreDrainResult> DrainAsync(CancellationToken cancellationToken)
    {
        await store.Probe.EnsureTwoStoresAsync(cancellationToken).ConfigureAwait(false);
        _found = await store
            .Probe.WithPlantedAsync(_route.First, sid => CountAsync(sid, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        do
        {
            (_isChanged, _left, _failure) = (false, 0, null);
            await Parallel
                .ForEachAsync(RecordsAsync(cancellationToken), Concurrency(cancellationToken), CarryAsync)
                .ConfigureAwait(false);
        } while (_isChanged);

        await Parallel.ForEachAsync(CopiesAsync(cancellationToken), Concurrency(cancellationToken), ConfirmAsync).ConfigureAwait(false);
        if (_both > 0)
        {
            MoveLog.HeldByBoth(store.Logger, _both);
        }

        Report();
        return new StoreDrainResult(_moved, _left, _failure);
    }

    /// <summary>
    /// Counts the sessions of the source, and makes sure that its listing does not show those of the target: a key prefix that begins like
    /// the other one does.
    /// </summary>
    private async ValueTask<long> CountAsync(string planted, CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var entry in _route.Second.AllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Sid.EndsWith(planted, StringComparison.Ordinal))
            {
                throw new SessionStoreException(
                    $"No session was carried: the {_route.Second.Name} session store ({_route.Second.Backend}) lists the records of the "
                        + $"{_route.First.Name} one as its own. Its key prefix is the beginning of the other one's. Use another prefix.",
                    SessionStoreOperation.All,
                    _route.Second.Backend,
                    isTransient: false
                );
            }

            count += SlotFormat.Read(entry.Record).Kind == SlotKind.Record ? 1 : 0;
        }

        return count;
    }

    private async IAsyncEnumerable<string> RecordsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var entry in _route.Second.AllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (SlotFormat.Read(entry.Record).Kind == SlotKind.Record)
            {
                await PaceAsync(cancellationToken).ConfigureAwait(false);
                yield return entry.Sid;
            }
        }
    }

    /// <summary>Lists what a carrier that did not come to its last step has left in the target.</summary>
    private async IAsyncEnumerable<string> CopiesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var entry in _route.First.AllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (SlotFormat.Read(entry.Record).Kind == SlotKind.Copy)
            {
                yield return entry.Sid;
            }
        }
    }

    private async ValueTask ConfirmAsync(string sid, CancellationToken cancellationToken) =>
        await SessionFinder.FindAsync(_route, sid, withoutSecond: false, cancellationToken).ConfigureAwait(false);

    private async ValueTask CarryAsync(string sid, CancellationToken cancellationToken)
    {
        if (store.Route != _route)
        {
            throw new InvalidOperationException("The mode of the move was changed during the drain. Run it again if it is to go on.");
        }

        var isThere = true;
        try
        {
            for (var attempt = 1; isThere && attempt <= MostAttempts; attempt++)
            {
                isThere = !await TryCarryAsync(sid, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SessionStoreException failure) when (failure is not SessionStoreUnavailableException)
        {
            _failure = failure;
        }

        if (isThere)
        {
            Interlocked.Increment(ref _left);
        }

        ReportIfDue();
    }

    /// <returns>Whether the source has the session no longer.</returns>
    private async ValueTask<bool> TryCarryAsync(string sid, CancellationToken cancellationToken)
    {
        // Before the reads: what is over by now was over when it was read, and no touch has prolonged it since.
        var (begun, now) = (_clock.Timestamp, _clock.Now);
        var target = await _route.First.ReadAsync(sid, cancellationToken).ConfigureAwait(false);
        var source = await _route.Second.ReadAsync(sid, cancellationToken).ConfigureAwait(false);
        if (source.Kind != SlotKind.Record)
        {
            // It was listed, so another pass may find more.
            _isChanged = true;
            return true;
        }

        if (source.AtRest!.Expires <= now)
        {
            return true;
        }

        if (target.Kind == SlotKind.Ended)
        {
            return false;
        }

        var isInBoth = target.Kind == SlotKind.Record;
        bool isCarried;
        if (isInBoth && _route.First.Name == MoveSide.New)
        {
            // The one of the new store counts.
            var moved = SlotFormat.Moved(target.AtRest!.Expires!.Value, _clock);
            isCarried =
                await _route.Second.TrySetAsync(sid, moved, source.AtRest, cancellationToken).ConfigureAwait(false)
                == ConditionalSetResult.Stored;
        }
        else
        {
            isCarried =
                await store
                    .Carrier.CarryAsync(_route, sid, target.AtRest, source.AtRest!, begun, looksAgain: true, cancellationToken)
                    .ConfigureAwait(false)
                    is not null;
        }

        if (isCarried)
        {
            _isChanged = true;
            Interlocked.Increment(ref _moved);
        }

        if (isCarried && isInBoth)
        {
            Interlocked.Increment(ref _both);
            store.Metrics.FoundInBoth(_route);
        }

        return isCarried;
    }

    private ParallelOptions Concurrency(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken };

    /// <summary>Waits until the next session may begin.</summary>
    private async ValueTask PaceAsync(CancellationToken cancellationToken)
    {
        if (options.SessionsPerSecond == 0)
        {
            return;
        }

        var elapsed = _clock.ElapsedSince(_begun);
        _nextStart = (_nextStart > elapsed ? _nextStart : elapsed) + (TimeSpan.FromSeconds(1) / options.SessionsPerSecond);
        if (_nextStart - elapsed is var wait && wait > TimeSpan.FromMilliseconds(15))
        {
            // A timer is coarser than the time of one session at most rates.
            await Task.Delay(wait, _clock.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private void ReportIfDue()
    {
        lock (_gate)
        {
            if (_clock.ElapsedSince(_begun) < _nextReport)
            {
                return;
            }

            _nextReport = _clock.ElapsedSince(_begun) + ReportPause;
        }

        Report();
    }

    private void Report() =>
        progress?.Report(
            new StoreDrainProgress(_found, Interlocked.Read(ref _moved), Interlocked.Read(ref _left), _clock.ElapsedSince(_begun))
        );
}
