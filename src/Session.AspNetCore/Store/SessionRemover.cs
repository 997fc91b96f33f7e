namespace ServerSessions;

/// <summary>Destroys sessions, so that a destroy always wins over a concurrent renewal.</summary>
internal sealed class SessionRemover(
    StoreClient store,
    StoredFormat format,
    Tombstones tombstones,
    SessionEvents events,
    UserTracking? users
)
{
    // After this many changes by other requests the session is removed without another read.
    private const int MaxAttempts = 8;

    /// <summary>
    /// Destroys the session that a request ends, and what else belongs to its visitor's cookie; see
    /// <see cref="IncomingCookie.RefusedStoreKey"/>. If Node has made a session of a tombstone, also the successor.
    /// </summary>
    public async ValueTask EndAsync(RequestSession request, SessionEndReason reason, CancellationToken cancellationToken)
    {
        var session = request.State!;
        if ((request.Incoming.RefusedStoreKey ?? tombstones.TargetOf(session.StoreKey, session.Document)) is { } endsToo)
        {
            try
            {
                await UnlistAsync((await EndAsync(endsToo, null, cancellationToken)).Read, reason, cancellationToken);
            }
            catch (Exception failure)
            {
                await events.EndFailedAsync(session.Document, reason, failure);
                throw;
            }
        }

        await EndAsync(session, reason, cancellationToken);
    }

    /// <summary>Called if the session of a request is given up without being stored: a sign-in of the request is none then.</summary>
    public ValueTask GiveUpAsync(RequestSession request) => users is null ? default : users.AfterGivingUpAsync(request);

    /// <summary>Destroys a session, and its successor if a parallel request has renewed it, and tells of it.</summary>
    public async ValueTask EndAsync(SessionState session, SessionEndReason reason, CancellationToken cancellationToken)
    {
        bool wasThere;
        try
        {
            wasThere = await DestroyAsync(session, reason, cancellationToken);
        }
        catch (Exception failure) when (session.AtRest is not null)
        {
            await events.EndFailedAsync(session.Document, reason, failure);
            throw;
        }

        if (wasThere)
        {
            await events.EndedAsync(session.Document, reason);
        }
    }

    /// <summary>Destroys a session, and its successor if a parallel request has renewed it.</summary>
    /// <returns>Whether it was stored, and no other request has ended it before.</returns>
    public async ValueTask<bool> DestroyAsync(SessionState session, SessionEndReason reason, CancellationToken cancellationToken)
    {
        var removal = new Removal(WasThere: false);
        if (session.AtRest is { } known)
        {
            removal = await EndAsync(session.StoreKey, known, cancellationToken);
        }
        else
        {
            await store.DestroyAsync(session.StoreKey, cancellationToken);
        }

        await UnlistAsync(removal.Read ?? new EndedSession(session.StoreKey, session.Document), reason, cancellationToken);
        return removal.WasThere;
    }

    /// <summary>Removes a session that was destroyed from the list of its user.</summary>
    private ValueTask UnlistAsync(EndedSession? ended, SessionEndReason reason, CancellationToken cancellationToken) =>
        users is not null && ended is { } session ? users.AfterEndAsync(session.Document, session.Key, reason, cancellationToken) : default;

    /// <summary>Destroys what is stored under a key: the session, or all tombstones and the session that they lead to.</summary>
    private async ValueTask<Removal> EndAsync(string key, SessionRecord? known, CancellationToken cancellationToken)
    {
        if (!store.IsConditional)
        {
            // There are no tombstones.
            await store.DestroyAsync(key, cancellationToken);
            return new Removal(WasThere: true);
        }

        var turn = await store.Writers.EnterAsync(key, cancellationToken);
        try
        {
            return await EndInTurnAsync(key, known, cancellationToken);
        }
        catch (SessionStoreException)
        {
            turn.Dissolve();
            throw;
        }
        finally
        {
            turn.Leave();
        }
    }

    private async ValueTask<Removal> EndInTurnAsync(string key, SessionRecord? known, CancellationToken cancellationToken)
    {
        var removal = new Removal(WasThere: true);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var removed = known is null ? ConditionalSetResult.Changed : await store.TryRemoveAsync(key, known, cancellationToken);
            if (removed == ConditionalSetResult.Stored)
            {
                return removal;
            }

            if (removed == ConditionalSetResult.Missing)
            {
                // An expired record may stay until it is pruned, and may still be valid by another instance's clock. A destroyed session is
                // removed now.
                removal = new Removal(WasThere: false);
                break;
            }

            if (await store.GetAsync(key, cancellationToken) is not { } record)
            {
                removal = new Removal(WasThere: false);
                break;
            }

            var document = format.Open(key, record);
            if (document is not null && tombstones.TargetOf(key, document) is { } target)
            {
                // The successor was stored before the tombstone. The tombstone is removed last, so that another attempt still finds the
                // successor.
                removal = await EndAsync(target, null, cancellationToken);
                break;
            }

            // A tombstone without a successor says that the session was ended.
            removal =
                document is null ? new Removal(WasThere: true)
                : tombstones.IsTombstone(key, document) ? new Removal(WasThere: false)
                : new Removal(WasThere: true, new EndedSession(key, document));
            known = record;
        }

        await store.DestroyAsync(key, cancellationToken);
        return removal;
    }

    /// <summary>What became of a key.</summary>
    /// <param name="WasThere">Whether a session was stored there until now. Without compare-and-set it counts as stored.</param>
    /// <param name="Read">The session if it was read here.</param>
    private readonly record struct Removal(bool WasThere, EndedSession? Read = null);

    /// <summary>A session that was destroyed, with its store key.</summary>
    private readonly record struct EndedSession(string Key, Payload.SessionDocument Document);
}
