using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Writes a session to the store. If the store can compare and set, keys that other requests wrote in the meantime are kept, and a
/// destroyed session stays destroyed.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="records">Makes the records.</param>
/// <param name="loader">Reads what other requests wrote.</param>
/// <param name="telemetry">The counters of conflicts and dropped writes.</param>
/// <param name="events">Told of what was stored.</param>
/// <param name="logger">The log.</param>
/// <param name="users">The lists of users' sessions; <see langword="null"/> if there are none.</param>
internal sealed class SessionWriter(
    StoreClient store,
    SessionRecords records,
    SessionLoader loader,
    SessionTelemetry telemetry,
    SessionEvents events,
    ILogger logger,
    UserTracking? users
)
{
    /// <summary>Whether the store can touch.</summary>
    public bool CanTouch => store.CanTouch;

    /// <inheritdoc cref="SessionRecords.IsFresh"/>
    public Func<SessionState, bool> IsFresh => records.IsFresh;

    /// <inheritdoc cref="UserTracking.ExtendLeaseAsync"/>
    public ValueTask ExtendLeaseAsync(RequestSession request) => users is null ? default : users.ExtendLeaseAsync(request);

    /// <inheritdoc cref="SessionRecords.HasCookieAtRest"/>
    public bool HasCookieAtRest(SessionState session) => records.HasCookieAtRest(session);

    /// <summary>Moves the expiry of a stored session.</summary>
    /// <returns>Whether the store has the session.</returns>
    /// <exception cref="SessionLimitException">The session has grown past a limit.</exception>
    /// <exception cref="SessionStoreException">The session could not be touched.</exception>
    public ValueTask<bool> TouchAsync(SessionState session, CancellationToken cancellationToken) =>
        store.TouchAsync(session.StoreKey, records.ToRecord(session), cancellationToken);

    /// <summary>Stores the session of a request as it is. If another request has ended it, the request has none afterwards.</summary>
    /// <exception cref="SessionLimitException">The session has grown past a limit.</exception>
    /// <exception cref="SessionStoreException">The session could not be stored.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(RequestSession request, CancellationToken cancellationToken)
    {
        if (users is not null && !await users.BeforeWriteAsync(request, cancellationToken))
        {
            Drop(request);
            return;
        }

        var session = request.State!;
        if (!store.IsConditional)
        {
            var record = records.ToRecord(session);
            var isEnd = records.IsEnd(record);
            await store.SetAsync(session.StoreKey, record, cancellationToken);
            request.BecomeUnchanged(SessionRecords.AfterStoring(session, record, isEnd));
            await OnStoredAsync(request, session, record, attempts: 1);
            return;
        }

        var turn = await store.Writers.EnterAsync(session.StoreKey, cancellationToken);
        try
        {
            Adopt(request, turn.Latest);
            for (var attempt = 1; attempt <= BackOff.MaxAttempts; attempt++)
            {
                session = request.State!;
                var record = records.ToRecord(session);
                var isEnd = records.IsEnd(record);
                switch (await TrySetAsync(request, session, record, cancellationToken))
                {
                    case ConditionalSetResult.Stored:
                        turn.Leave(record);
                        request.BecomeUnchanged(SessionRecords.AfterStoring(session, record, isEnd));
                        await OnStoredAsync(request, session, record, attempt);
                        return;
                    case ConditionalSetResult.Missing:
                        Drop(request);
                        return;
                }

                if (session.AtRest is null)
                {
                    if (users is not null && await users.IsEndedAsync(session.StoreKey, cancellationToken))
                    {
                        Drop(request);
                        return;
                    }

                    throw session.IsUnconfirmedFull ? TooManyFailedSaves() : SidInUse();
                }

                turn = await AgainAsync(turn, session.StoreKey, attempt, cancellationToken);
                if (!await AdoptAsync(request, turn.Latest, cancellationToken))
                {
                    Drop(request);
                    return;
                }
            }
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

        throw TooManyConflicts();
    }

    private async ValueTask<ConditionalSetResult> TrySetAsync(
        RequestSession request,
        SessionState session,
        SessionRecord record,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var result = await store.TrySetAsync(session.StoreKey, record, session.AtRest, cancellationToken);
            return result == ConditionalSetResult.Changed && session is { AtRest: null, Unconfirmed.Count: > 0 }
                ? await ReplaceOwnAsync(session, record, cancellationToken)
                : result;
        }
        catch when (session.AtRest is null)
        {
            // The store may have it all the same. Another save must then not take it for the session of another request.
            request.Become(session.SentWithoutResult(record));
            throw;
        }
    }

    /// <summary>Raises the events of a session that the store has acknowledged.</summary>
    /// <param name="request">The request.</param>
    /// <param name="before">The session before it was stored.</param>
    /// <param name="record">The record.</param>
    /// <param name="attempts">How often it was tried.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask OnStoredAsync(RequestSession request, SessionState before, SessionRecord record, int attempts)
    {
        telemetry.Saved(attempts, record.Payload.Length);
        if (request.State!.AtRest is null)
        {
            // Its expiry has passed, so nothing is stored.
            return;
        }

        if (before.AtRest is not null)
        {
            await events.ChangedAsync(before.Document, events.WantsChangedKeys ? records.ChangedKeys(before) : null);
        }
        else if (before.Left is null)
        {
            await events.CreatedAsync(before.Document);
        }

        var signIn = UserTracking.AfterWrite(request);
        if (request.IsSigningIn || signIn is not null)
        {
            request.IsSigningIn = false;
            var method = users is null ? null : StoredLogin.Find(before.Document)?.Method;
            await events.SignedInAsync(before.Document, method, signIn?.IsNewDevice);
        }
    }

    /// <summary>Replaces what an earlier write of this request has stored although the request got no result of it.</summary>
    private async ValueTask<ConditionalSetResult> ReplaceOwnAsync(
        SessionState session,
        SessionRecord record,
        CancellationToken cancellationToken
    )
    {
        foreach (var sent in session.Unconfirmed)
        {
            var result = await store.TrySetAsync(session.StoreKey, record, sent, cancellationToken);
            if (result != ConditionalSetResult.Changed)
            {
                return result;
            }
        }

        return ConditionalSetResult.Changed;
    }

    /// <inheritdoc cref="WriterQueue.AgainAsync"/>
    public ValueTask<WriterTurn> AgainAsync(WriterTurn turn, string key, int attempt, CancellationToken cancellationToken)
    {
        telemetry.Conflict();
        return store.Writers.AgainAsync(turn, key, attempt, cancellationToken);
    }

    /// <summary>Applies this request's unsaved changes to the session that the writer in front has stored, if it is known.</summary>
    /// <returns>Whether it is. Otherwise nothing has changed.</returns>
    public bool Adopt(RequestSession request, SessionRecord? latest)
    {
        if (
            latest is null
            || request.State is not { AtRest: not null } session
            // The store alone knows when it ends.
            || (session.KeepsExpiry && latest.Expires is null)
            || loader.Open(session.Sid, session.StoreKey, latest) is not { } fresh
        )
        {
            return false;
        }

        request.Become(records.Rebase(session, request.History.Changes, fresh));
        return true;
    }

    /// <summary>Applies the changes to what the writer in front has stored, or otherwise to the session as it reads it.</summary>
    /// <returns>Whether the session still exists.</returns>
    public ValueTask<bool> AdoptAsync(RequestSession request, SessionRecord? latest, CancellationToken cancellationToken) =>
        Adopt(request, latest) ? new(true) : AdoptAsync(request, cancellationToken);

    /// <summary>Reads the session again, and applies this request's unsaved changes to it.</summary>
    /// <returns>Whether the session still exists.</returns>
    public async ValueTask<bool> AdoptAsync(RequestSession request, CancellationToken cancellationToken)
    {
        var session = request.State!;
        if (await loader.GetAsync(session.Sid, session.StoreKey, cancellationToken) is not { } fresh)
        {
            return false;
        }

        request.Become(records.Rebase(session, request.History.Changes, fresh));
        return true;
    }

    public SessionStoreException SidInUse() =>
        new(
            "A new session was not stored: its id is already in use. ServerSessionOptions.GenerateSid must never return an id twice.",
            SessionStoreOperation.TrySet,
            store.Backend,
            isTransient: false
        );

    private SessionStoreException TooManyFailedSaves() =>
        new(
            "A new session was not stored: its id is in use, possibly by an earlier save of this request. After "
                + $"{SessionState.MaxUnconfirmed} failed saves it is not known which one was stored. Repeat the request, and save less "
                + "often while the store fails.",
            SessionStoreOperation.TrySet,
            store.Backend,
            isTransient: true
        );

    public SessionStoreException TooManyConflicts() =>
        new(
            $"The session was not stored: other requests changed it before each of {BackOff.MaxAttempts} attempts. Make fewer parallel "
                + $"requests write to one session.",
            SessionStoreOperation.TrySet,
            store.Backend,
            isTransient: true
        );

    private void Drop(RequestSession request)
    {
        telemetry.Dropped();
        Log.ChangesDropped(logger);
        request.End(SessionAbsence.Gone);
    }
}
