namespace ServerSessions.Stores;

/// <summary>
/// The calls of a session store on the two stores of a move. Each call decides by compare-and-set in the store that has the session, and
/// looks again if it is no longer there.
/// </summary>
internal sealed class SessionMover(SessionCarrier carrier, SessionCreator creator, MoveClock clock, MoveMetrics metrics, string backend)
{
    // Each attempt that fails means that another caller has changed the session. 64 parallel writers need far fewer.
    private const int MostAttempts = 1_000;

    // After so many, other callers change the session all the time, and it is read without being carried.
    private const int MostCarries = 8;

    public async ValueTask<SessionRecord?> GetAsync(MoveRoute route, string sid, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var begun = clock.Timestamp;
            var found = await SessionFinder.FindAsync(route, sid, withoutSecond: false, cancellationToken).ConfigureAwait(false);
            if (found.Owner is not { } owner)
            {
                return null;
            }

            var held = found.HeldBy(route);
            if (owner == route.Second && attempt == 1)
            {
                metrics.FellBack(route);
            }

            var isCarried = route.Carries && owner == route.Second && held.Kind == SlotKind.Record && !clock.IsPast(held.Session!.Expires);
            if (!isCarried || attempt > MostCarries)
            {
                return HeldToken.RecordOf(owner, held.Session!, held.AtRest!);
            }

            using var activity = MoveActivities.BeginCarry(route, backend);
            try
            {
                var carried = await carrier
                    .CarryAsync(route, sid, found.First.AtRest, held.AtRest!, begun, looksAgain: false, cancellationToken)
                    .ConfigureAwait(false);
                activity.SetCount(carried is null ? 0 : 1, failed: 0);
                if (carried is not null)
                {
                    return HeldToken.RecordOf(route.First, carried, carried);
                }
            }
            catch (SessionStoreException failure)
            {
                activity.SetFailure(failure);
                carrier.WarnOfFailure(route, failure);
                return HeldToken.RecordOf(owner, held.Session!, held.AtRest!);
            }
        }
    }

    public async ValueTask<GetAndTouchResult> GetAndTouchAsync(
        MoveRoute route,
        string sid,
        SessionTouchPlan plan,
        CancellationToken cancellationToken
    )
    {
        // Without a prefix, the store would also touch what is no session.
        if (!plan.Prefix.IsEmpty)
        {
            var result = await route.First.GetAndTouchAsync(sid, plan, cancellationToken).ConfigureAwait(false);
            switch (SlotFormat.Read(result.Record))
            {
                case { Kind: SlotKind.Record, AtRest: { } atRest }:
                    return new GetAndTouchResult { Record = HeldToken.RecordOf(route.First, atRest, atRest), IsTouched = result.IsTouched };
                case { Kind: SlotKind.Ended }:
                    return default;
            }
        }

        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var session = await GetAsync(route, sid, cancellationToken).ConfigureAwait(false);
            if (session is null || !session.Payload.Span.StartsWith(plan.Prefix.Span))
            {
                return new GetAndTouchResult { Record = session };
            }

            var touched = SessionRecord.TakeOwnership(session.Payload, plan.Expires);
            if (await TrySetAsync(route, sid, touched, session, cancellationToken).ConfigureAwait(false) == ConditionalSetResult.Stored)
            {
                return await TouchedAsync(route, sid, touched, cancellationToken).ConfigureAwait(false);
            }
        }

        throw TooManyChanges(SessionStoreOperation.Get);
    }

    /// <summary>Returns what was touched, and not what another caller may have stored since.</summary>
    private async ValueTask<GetAndTouchResult> TouchedAsync(
        MoveRoute route,
        string sid,
        SessionRecord touched,
        CancellationToken cancellationToken
    )
    {
        if (clock.IsPast(touched.Expires))
        {
            return default;
        }

        var (first, second) = (route.First.Store.DefaultLifetime, route.Second.Store.DefaultLifetime);
        var record =
            touched.Expires is not null ? touched
            : first is { } life && first == second ? SessionRecord.TakeOwnership(touched.Payload, MoveClock.Later(clock.Now, life))
            : await GetAsync(route, sid, cancellationToken).ConfigureAwait(false);
        return new GetAndTouchResult { Record = record, IsTouched = record is not null };
    }

    public async ValueTask<ConditionalSetResult> TrySetAsync(
        MoveRoute route,
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken
    )
    {
        if (expected is null)
        {
            return await CreateAsync(route, sid, record, cancellationToken).ConfigureAwait(false);
        }

        // Usually the session is still in the store from which it was read, or in which sessions begin: then one call does it.
        var replacement = ToStore(record);
        var side = expected.Token is HeldToken held && held.Side == route.Second ? route.Second : route.First;
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var result = await side.TrySetAsync(sid, replacement, HeldToken.ExpectedBy(side, expected), cancellationToken)
                .ConfigureAwait(false);
            if (result is ConditionalSetResult.Stored or ConditionalSetResult.Uncertain)
            {
                return result;
            }

            var found = await SessionFinder.FindAsync(route, sid, withoutSecond: false, cancellationToken).ConfigureAwait(false);
            if (found.Owner is not { } owner)
            {
                return ConditionalSetResult.Missing;
            }

            if (owner == side && result == ConditionalSetResult.Changed)
            {
                return ConditionalSetResult.Changed;
            }

            side = owner;
        }

        throw TooManyChanges(SessionStoreOperation.TrySet);
    }

    public async ValueTask SetAsync(MoveRoute route, string sid, SessionRecord record, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            // Before the look: what is over by now was over when nothing was found. Later, another caller may have created the session.
            var isPast = clock.IsPast(record.Expires);
            var found = await SessionFinder.FindAsync(route, sid, withoutSecond: false, cancellationToken).ConfigureAwait(false);
            if (found.Owner is null && isPast)
            {
                return;
            }

            var result = found.Owner is { } owner
                ? await owner.TrySetAsync(sid, ToStore(record), found.HeldBy(route).AtRest, cancellationToken).ConfigureAwait(false)
                : await creator.TryCreateAsync(route, sid, found, ToStore(record), cancellationToken).ConfigureAwait(false);
            if (result == ConditionalSetResult.Stored)
            {
                return;
            }
        }

        throw TooManyChanges(SessionStoreOperation.Set);
    }

    /// <summary>
    /// Ends a session. The store that had it says so for <see cref="SlotFormat.Kept"/>: a carrier that read the session before cannot bring
    /// it back.
    /// </summary>
    public async ValueTask DestroyAsync(MoveRoute route, string sid, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var found = await SessionFinder.FindAsync(route, sid, withoutSecond: false, cancellationToken).ConfigureAwait(false);
            if (found.Owner is null)
            {
                await RemoveExpiredAsync(route, sid, found, cancellationToken).ConfigureAwait(false);
                return;
            }

            if (await TryEndAsync(route, sid, found, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }

        throw TooManyChanges(SessionStoreOperation.Destroy);
    }

    public async ValueTask<bool> TouchAsync(MoveRoute route, string sid, SessionRecord record, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var found = await SessionFinder.FindAsync(route, sid, withoutSecond: false, cancellationToken).ConfigureAwait(false);
            if (found.Owner is not { } owner)
            {
                return false;
            }

            var isTouched = clock.IsPast(record.Expires)
                ? await TryEndAsync(route, sid, found, cancellationToken).ConfigureAwait(false)
                : await owner.TouchAsync(sid, record, found.HeldBy(route), cancellationToken).ConfigureAwait(false);
            if (isTouched)
            {
                return true;
            }
        }

        throw TooManyChanges(SessionStoreOperation.Touch);
    }

    /// <summary>
    /// Removes what a store may still hold of a session that has expired: it would be there again if the clock were set back.
    /// </summary>
    private async ValueTask RemoveExpiredAsync(MoveRoute route, string sid, Finding found, CancellationToken cancellationToken)
    {
        // Nothing, in place of nothing that lives: what another caller has stored since stays.
        var nothing = SlotFormat.Nothing(SlotFormat.Ended(clock));
        if (found.First.Kind == SlotKind.Empty)
        {
            await route.First.TrySetAsync(sid, nothing, null, cancellationToken).ConfigureAwait(false);
        }

        if (found.First.Kind != SlotKind.Ended && found.Second.Kind == SlotKind.Empty)
        {
            await route.Second.TrySetAsync(sid, nothing, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TryEndAsync(MoveRoute route, string sid, Finding found, CancellationToken cancellationToken)
    {
        var held = found.HeldBy(route).AtRest;
        var result = await found.Owner!.TrySetAsync(sid, SlotFormat.Ended(clock), held, cancellationToken).ConfigureAwait(false);
        return result == ConditionalSetResult.Stored;
    }

    private async ValueTask<ConditionalSetResult> CreateAsync(
        MoveRoute route,
        string sid,
        SessionRecord record,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            // Before the look, as in a set.
            var isPast = clock.IsPast(record.Expires);
            var found = await SessionFinder.FindAsync(route, sid, withoutSecond: true, cancellationToken).ConfigureAwait(false);
            if (found.Owner is not null)
            {
                return ConditionalSetResult.Changed;
            }

            if (isPast)
            {
                return ConditionalSetResult.Stored;
            }

            var result = await creator.TryCreateAsync(route, sid, found, ToStore(record), cancellationToken).ConfigureAwait(false);
            if (result is ConditionalSetResult.Stored or ConditionalSetResult.Uncertain)
            {
                return result;
            }
        }

        throw TooManyChanges(SessionStoreOperation.TrySet);
    }

    private SessionRecord ToStore(SessionRecord record) =>
        clock.IsPast(record.Expires) ? SlotFormat.Ended(clock) : SlotFormat.AsSession(record);

    private SessionStoreException TooManyChanges(SessionStoreOperation operation) =>
        new(
            $"Other callers changed the session before each of {MostAttempts} attempts. Make fewer parallel calls for one session.",
            operation,
            backend,
            isTransient: true
        );
}
