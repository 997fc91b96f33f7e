using System.Runtime.CompilerServices;
using ServerSessions.Payload;
using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>
/// Reads, decrypts and parses stored sessions. A session whose absolute timeout has passed is absent, and its record is removed.
/// </summary>
internal sealed class SessionLoader(
    StoreClient store,
    StoredFormat format,
    Tombstones tombstones,
    SessionLifetimes lifetimes,
    ReadTouch readTouch,
    SessionTelemetry telemetry,
    SessionEvents events,
    LimitedWarnings warnings
)
{
    /// <summary>Reads a session. <see langword="null"/> if there is none, or if the record cannot be decrypted.</summary>
    /// <exception cref="SessionStoreException">The session could not be read, or the stored bytes are not a session.</exception>
    public async ValueTask<SessionState?> GetAsync(string sid, string key, CancellationToken cancellationToken) =>
        (await ReadAsync(sid, key, cancellationToken)).Session;

    /// <summary>Reads what is stored under a key: a session, or the key of its successor, or neither.</summary>
    /// <exception cref="SessionStoreException">The session could not be read, or the stored bytes are not a session.</exception>
    public ValueTask<SessionReading> LookAsync(string key, CancellationToken cancellationToken) => ReadAsync("", key, cancellationToken);

    /// <summary>
    /// Returns the session of a record that another request of this process has just stored, as if it were read; <see langword="null"/> if
    /// it must be read.
    /// </summary>
    public SessionState? Open(string sid, string key, SessionRecord stored) =>
        format.Open(key, stored) is { } document && !tombstones.IsTombstone(key, document) && !lifetimes.IsOver(document)
            ? ToState(sid, key, document, stored)
            : null;

    /// <summary>
    /// Reads the session of a request that begins, or the key of its successor if it was renewed. Touches it in the same step if the store
    /// and the options allow it, unless the session is not to be extended.
    /// </summary>
    public ValueTask<SessionReading> BeginAsync(
        string sid,
        string key,
        SessionCookieOptions cookie,
        bool isExtended,
        CancellationToken cancellationToken
    ) =>
        isExtended && store.CanGetAndTouch && readTouch.TryPlan(cookie, out var plan)
            ? ReadAndTouchAsync(sid, key, plan, cancellationToken)
            : ReadAsync(sid, key, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionReading> ReadAsync(string sid, string key, CancellationToken cancellationToken) =>
        await OpenAsync(sid, key, await store.GetAsync(key, cancellationToken), null, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionReading> ReadAndTouchAsync(
        string sid,
        string key,
        SessionTouchPlan plan,
        CancellationToken cancellationToken
    )
    {
        var now = readTouch.Now();
        var result = await store.GetAndTouchAsync(key, plan, cancellationToken);
        return await OpenAsync(sid, key, result.Record, result.IsTouched ? now : null, cancellationToken);
    }

    private async ValueTask<SessionReading> OpenAsync(
        string sid,
        string key,
        SessionRecord? record,
        long? touchedAt,
        CancellationToken cancellationToken
    )
    {
        if (record is null || !MovingSessionStore.IsSession(record))
        {
            return new SessionReading(SessionRejection.Unknown);
        }

        if (format.Open(key, record) is not { } document)
        {
            telemetry.Refused();
            warnings.WarnOfForeignRecord();
            return new SessionReading(SessionRejection.Unreadable);
        }

        if (tombstones.IsTombstone(key, document))
        {
            return new SessionReading(SessionRejection.Ended, SuccessorKey: tombstones.TargetOf(key, document));
        }

        if (lifetimes.IsOver(document))
        {
            // Only what was read: another request may just have put a tombstone there, which leads a sign-out on.
            if (!store.IsConditional)
            {
                await store.DestroyAsync(key, cancellationToken);
            }
            else if (await store.TryRemoveAsync(key, record, cancellationToken) != ConditionalSetResult.Stored)
            {
                return default;
            }

            await events.ExpiredAsync(document);
            return default;
        }

        return new SessionReading(Rejection: null, ToState(sid, key, document, record, touchedAt));
    }

    private SessionState ToState(string sid, string key, SessionDocument document, SessionRecord record, long? touchedAt = null)
    {
        var cookie = format.CookieOf(document.CookieJson.Span);
        cookie.AdoptExpires(record.Expires);
        return new SessionState(sid, key, document, cookie)
        {
            AtRest = record,
            IsTouched = touchedAt is not null,
            TouchedAt = touchedAt ?? 0,
            IsCookieAsRead = true,
        };
    }
}

/// <summary>The result of reading a key of the store: a session, or the key of its successor, or neither.</summary>
/// <param name="Rejection">Why there is no session; <see langword="null"/> if there is one, or if it has just been removed.</param>
/// <param name="Session">The session.</param>
/// <param name="SuccessorKey">The key that the session has moved to.</param>
internal readonly record struct SessionReading(
    SessionRejection? Rejection,
    SessionState? Session = null,
    string? SuccessorKey = null
)
{
    /// <summary>The result as telemetry names it.</summary>
    public LoadOutcome Outcome =>
        Rejection switch
        {
            _ when Session is not null => LoadOutcome.Found,
            SessionRejection.Ended => LoadOutcome.Moved,
            SessionRejection.Unreadable => LoadOutcome.Refused,
            _ => LoadOutcome.Absent,
        };
}
