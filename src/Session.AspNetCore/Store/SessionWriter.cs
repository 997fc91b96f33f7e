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
/// <param name="metrics">The counters of conflicts and dropped writes.</param>
/// <param name="logger">The log.</param>
/// <param name="pauseClock">
/// The clock of pauses between attempts: the system's clock, because an application's clock may stand still. A simulation gives its own.
/// </param>
internal sealed class SessionWriter(
    StoreClient store,
    SessionRecords records,
    SessionLoader loader,
    ServerSessionMetrics metrics,
    ILogger logger,
    TimeProvider pauseClock
)
{
    // 64 parallel writers of one session need one or two attempts each on average. More attempts have another cause.
    public const int MaxAttempts = 64;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(256);

    // 256 writers of one session on two idle cores need at most 29 attempts. If each call takes many times longer, as on a machine that is
    // busy with other work, they needed up to 63 and some failed. With longer pauses from here on they need 32.
    private const int UsualAttempts = 24;
    private static readonly TimeSpan LongestDelayBeyond = TimeSpan.FromSeconds(1);

    /// <summary>Whether the store can touch.</summary>
    public bool CanTouch => store.CanTouch;

    /// <inheritdoc cref="SessionRecords.IsFresh"/>
    public Func<SessionState, bool> IsFresh => records.IsFresh;

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
        var session = request.State!;
        if (!store.IsConditional)
        {
            var record = records.ToRecord(session);
            await store.SetAsync(session.StoreKey, record, cancellationToken);
            request.BecomeUnchanged(records.AfterStoring(session, record));
            return;
        }

        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var record = records.ToRecord(session);
            ConditionalSetResult result;
            try
            {
                result = await store.TrySetAsync(session.StoreKey, record, session.AtRest, cancellationToken);
                if (result == ConditionalSetResult.Changed && session is { AtRest: null, Unconfirmed.Count: > 0 })
                {
                    result = await ReplaceOwnAsync(session, record, cancellationToken);
                }
            }
            catch when (session.AtRest is null)
            {
                // The store may have it all the same. Another save must then not take it for the session of another request.
                request.Become(session.SentWithoutResult(record));
                throw;
            }

            switch (result)
            {
                case ConditionalSetResult.Stored:
                    request.BecomeUnchanged(records.AfterStoring(session, record));
                    return;
                case ConditionalSetResult.Missing:
                    Drop(request);
                    return;
            }

            if (session.AtRest is null)
            {
                throw session.IsUnconfirmedFull ? TooManyFailedSaves() : SidInUse();
            }

            if (!await RebaseAsync(request, attempt, cancellationToken))
            {
                Drop(request);
                return;
            }

            session = request.State!;
        }

        throw TooManyConflicts();
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

    /// <summary>Waits a little after another request has written, so that they do not collide again, and adopts what it wrote.</summary>
    /// <returns>Whether the session still exists.</returns>
    public async ValueTask<bool> RebaseAsync(RequestSession request, int attempt, CancellationToken cancellationToken)
    {
        metrics.Conflict();
        await Task.Delay(Jitter(attempt), pauseClock, cancellationToken);
        return await AdoptAsync(request, cancellationToken);
    }

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
            $"The session was not stored: other requests changed it before each of {MaxAttempts} attempts. Make fewer parallel "
                + $"requests write to one session.",
            SessionStoreOperation.TrySet,
            store.Backend,
            isTransient: true
        );

    private static TimeSpan Jitter(int attempt)
    {
        var longest = attempt > UsualAttempts ? LongestDelayBeyond : LongestDelay;
        var ceiling = Math.Min(longest.TotalMilliseconds, FirstDelay.TotalMilliseconds * Math.Pow(2, attempt - 1));

        // A timer has whole milliseconds: less would be no delay.
        return TimeSpan.FromMilliseconds(1 + (Random.Shared.NextDouble() * (ceiling - 1)));
    }

    private void Drop(RequestSession request)
    {
        metrics.Dropped();
        Log.ChangesDropped(logger);
        request.End(SessionAbsence.Gone);
    }
}
