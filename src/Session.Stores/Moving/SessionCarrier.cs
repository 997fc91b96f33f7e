using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores;

/// <summary>
/// Carries a session from one store to the other in three steps, each a compare-and-set. A crash after any step leaves one store that has
/// the session.
/// </summary>
internal sealed class SessionCarrier(MoveProbe probe, MoveClock clock, MoveMetrics metrics, ILogger logger)
{
    /// <summary>
    /// The age at which a carrier begins again with reads. Less than <see cref="SlotFormat.Kept"/>, so that what it has read holds.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan WarningPause = TimeSpan.FromMinutes(1);

    private long _lastWarning;

    /// <summary>Returns the record in the first store; <see langword="null"/> to begin again with reads.</summary>
    /// <param name="route">The stores.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="target">The slot of the first store. What is there does not count.</param>
    /// <param name="session">The record in the second store.</param>
    /// <param name="begun">When the reads began.</param>
    /// <param name="looksAgain">
    /// Whether to read the second store again before it gives the session up, so that hardly a touch is lost. A request that carries
    /// touches the session itself.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<SessionRecord?> CarryAsync(
        MoveRoute route,
        string sid,
        SessionRecord? target,
        SessionRecord session,
        long begun,
        bool looksAgain,
        CancellationToken cancellationToken
    )
    {
        await probe.EnsureTwoStoresAsync(cancellationToken).ConfigureAwait(false);
        var copy = SlotFormat.Copy(session, clock);
        if (IsLate(begun) || !await PutAsync(route.First, sid, copy, target, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        if (
            looksAgain
            && (await route.Second.ReadAsync(sid, cancellationToken).ConfigureAwait(false)) is { Kind: SlotKind.Record, AtRest: { } latest }
            && latest.Expires > session.Expires
        )
        {
            var before = copy;
            copy = SlotFormat.Copy(SessionRecord.TakeOwnership(session.Payload, latest.Expires), clock);
            if (!await PutAsync(route.First, sid, copy, before, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        // From this step on, the copy counts.
        if (IsLate(begun) || !await GiveUpAsync(route, sid, session, copy, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        metrics.Carried(route);
        var carried = SessionRecord.TakeOwnership(session.Payload, copy.Expires);
        return await PutAsync(route.First, sid, carried, copy, cancellationToken).ConfigureAwait(false) ? carried : null;
    }

    /// <summary>Logs that a session was not carried because a store failed.</summary>
    public void WarnOfFailure(MoveRoute route, Exception failure)
    {
        var last = Volatile.Read(ref _lastWarning);
        if (
            (last == 0 || clock.ElapsedSince(last) >= WarningPause)
            && Interlocked.CompareExchange(ref _lastWarning, clock.Timestamp, last) == last
        )
        {
            MoveLog.NotCarried(logger, failure, route.Second.Name, route.Second.Backend);
        }
    }

    /// <summary>Has the second store say that the session has moved.</summary>
    /// <returns>Whether it does. If the session has ended there, the copy is removed.</returns>
    private async ValueTask<bool> GiveUpAsync(
        MoveRoute route,
        string sid,
        SessionRecord session,
        SessionRecord copy,
        CancellationToken cancellationToken
    )
    {
        var moved = SlotFormat.Moved(copy.Expires!.Value, clock);
        var result = await route.Second.TrySetAsync(sid, moved, session, cancellationToken).ConfigureAwait(false);
        if (
            result == ConditionalSetResult.Missing
            || (
                result == ConditionalSetResult.Changed
                && (await route.Second.ReadAsync(sid, cancellationToken).ConfigureAwait(false)).Kind is SlotKind.Ended or SlotKind.Empty
            )
        )
        {
            await PutAsync(route.First, sid, SlotFormat.Nothing(copy), copy, cancellationToken).ConfigureAwait(false);
        }

        return result == ConditionalSetResult.Stored;
    }

    private bool IsLate(long begun) => clock.ElapsedSince(begun) > Longest;

    private static async ValueTask<bool> PutAsync(
        MoveSide store,
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    ) => await store.TrySetAsync(sid, record, expected, cancellationToken).ConfigureAwait(false) == ConditionalSetResult.Stored;
}
