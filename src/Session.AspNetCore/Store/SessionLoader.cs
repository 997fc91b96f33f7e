using System.Runtime.CompilerServices;

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
    ServerSessionMetrics metrics,
    LimitedWarnings warnings
)
{
    /// <summary>Reads a session. <see langword="null"/> if there is none, or if the record cannot be decrypted.</summary>
    /// <exception cref="SessionStoreException">The session could not be read, or the stored bytes are not a session.</exception>
    public async ValueTask<SessionState?> GetAsync(string sid, string key, CancellationToken cancellationToken) =>
        (await ReadAsync(sid, key, cancellationToken)).Session;

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
        if (record is null)
        {
            return default;
        }

        if (format.Open(key, record) is not { } document)
        {
            metrics.Refused();
            warnings.WarnOfForeignRecord();
            return default;
        }

        if (tombstones.IsTombstone(key, document))
        {
            return new SessionReading(null, tombstones.TargetOf(key, document));
        }

        if (lifetimes.IsOver(document))
        {
            await store.DestroyAsync(key, cancellationToken);
            return default;
        }

        var cookie = format.CookieOf(document.CookieJson.Span);
        cookie.AdoptExpires(record.Expires);
        return new SessionReading(
            new SessionState(sid, key, document, cookie)
            {
                AtRest = record,
                IsTouchedByRead = touchedAt is not null,
                ReadAt = touchedAt ?? 0,
                IsCookieAsRead = true,
            },
            null
        );
    }
}

/// <summary>The result of reading a key of the store: a session, or the key of its successor, or neither.</summary>
internal readonly record struct SessionReading(SessionState? Session, string? SuccessorKey);
