namespace ServerSessions.Stores;

/// <summary>
/// Creates a session that neither store has, so that of parallel calls for one id, also of instances in different modes, one at most does.
/// </summary>
/// <remarks>
/// An instance that stays creates in the old store. One that carries first has the other store say that the session has moved: then a
/// create there fails. If the other store cannot be reached, it goes on without, because ids are random and a sign-in must not depend on
/// both stores.
/// </remarks>
internal sealed class SessionCreator(MoveProbe probe, MoveClock clock)
{
    /// <summary>Tries once to create the session.</summary>
    /// <param name="route">The stores.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="found">What was found: no store has the session.</param>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// <see cref="ConditionalSetResult.Changed"/> or <see cref="ConditionalSetResult.Missing"/>: look again.
    /// </returns>
    public async ValueTask<ConditionalSetResult> TryCreateAsync(
        MoveRoute route,
        string sid,
        Finding found,
        SessionRecord session,
        CancellationToken cancellationToken
    )
    {
        var (first, second) = (found.First, found.Second);

        // What says that a session has ended is where all callers look first, and is replaced there.
        if (first.Kind == SlotKind.Ended)
        {
            return await route.First.TrySetAsync(sid, session, first.AtRest, cancellationToken).ConfigureAwait(false);
        }

        if (second.Kind == SlotKind.Ended)
        {
            return await route.Second.TrySetAsync(sid, session, second.AtRest, cancellationToken).ConfigureAwait(false);
        }

        // A copy of an earlier session must not count because of what is written here.
        if (first.Kind == SlotKind.Copy || (route.Carries && first.Kind == SlotKind.Moved))
        {
            return await RemoveAsync(route.First, sid, first, cancellationToken).ConfigureAwait(false);
        }

        if (second.Kind == SlotKind.Copy)
        {
            return await RemoveAsync(route.Second, sid, second, cancellationToken).ConfigureAwait(false);
        }

        if (route.Carries)
        {
            return
                second.Kind == SlotKind.Unknown
                || await ClaimAsync(route.Second, sid, second, cancellationToken).ConfigureAwait(false)
                ? await route.First.TrySetAsync(sid, session, null, cancellationToken).ConfigureAwait(false)
                : ConditionalSetResult.Changed;
        }

        if (first.Kind == SlotKind.Empty)
        {
            return await route.First.TrySetAsync(sid, session, null, cancellationToken).ConfigureAwait(false);
        }

        // The old store says that the session has moved, so all create it in the new one.
        if (second.Kind == SlotKind.Moved)
        {
            return await RemoveAsync(route.Second, sid, second, cancellationToken).ConfigureAwait(false);
        }

        return await ClaimAsync(route.First, sid, first, cancellationToken).ConfigureAwait(false)
            ? await route.Second.TrySetAsync(sid, session, null, cancellationToken).ConfigureAwait(false)
            : ConditionalSetResult.Changed;
    }

    /// <summary>Has a store say, for long enough, that the session is in the other one.</summary>
    private async ValueTask<bool> ClaimAsync(MoveSide store, string sid, Slot slot, CancellationToken cancellationToken)
    {
        if (slot.Kind == SlotKind.Moved && slot.AtRest!.Expires > MoveClock.Later(clock.Now, SlotFormat.Kept / 2))
        {
            return true;
        }

        await probe.EnsureTwoStoresAsync(cancellationToken).ConfigureAwait(false);
        var claim = SlotFormat.Moved(clock.Now, clock);
        return await store.TrySetAsync(sid, claim, slot.AtRest, cancellationToken).ConfigureAwait(false) == ConditionalSetResult.Stored;
    }

    private static async ValueTask<ConditionalSetResult> RemoveAsync(
        MoveSide store,
        string sid,
        Slot slot,
        CancellationToken cancellationToken
    )
    {
        await store.TrySetAsync(sid, SlotFormat.Nothing(slot.AtRest!), slot.AtRest, cancellationToken).ConfigureAwait(false);
        return ConditionalSetResult.Changed;
    }
}
