using System.Runtime.CompilerServices;

namespace ServerSessions;

/// <summary>Reads, decrypts and parses stored sessions, unless their absolute timeout has passed.</summary>
internal sealed class SessionLoader(SessionRuntime runtime)
{
    /// <summary>Reads a session. <see langword="null"/> if there is none, or if the record cannot be decrypted.</summary>
    /// <exception cref="SessionStoreException">The session could not be read, or the stored bytes are not a session.</exception>
    public async ValueTask<LoadedSession?> GetAsync(string key, CancellationToken cancellationToken) =>
        (await ReadAsync(key, cancellationToken)).Session;

    /// <summary>Reads a session, and the key of its successor if it was renewed: for requests that want to destroy it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SessionReading> ReadAsync(string key, CancellationToken cancellationToken) =>
        await OpenAsync(key, await runtime.Store.GetAsync(key, cancellationToken), null, cancellationToken);

    /// <summary>Reads the session of a request that begins. Touches it in the same step if the store and the options allow it.</summary>
    public ValueTask<SessionReading> BeginAsync(string key, SessionCookieOptions cookie, CancellationToken cancellationToken) =>
        runtime.Store.CanGetAndTouch && runtime.ReadTouch.TryPlan(cookie, out var plan)
            ? ReadAndTouchAsync(key, plan, cancellationToken)
            : ReadAsync(key, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SessionReading> ReadAndTouchAsync(string key, SessionTouchPlan plan, CancellationToken cancellationToken)
    {
        var now = runtime.ReadTouch.Now();
        var result = await runtime.Store.GetAndTouchAsync(key, plan, cancellationToken);
        return await OpenAsync(key, result.Record, result.IsTouched ? now : null, cancellationToken);
    }

    private async ValueTask<SessionReading> OpenAsync(
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

        if (runtime.Open(key, record) is not { } document)
        {
            runtime.Metrics.Refused();
            runtime.WarnAboutForeignRecord();
            return default;
        }

        if (runtime.Moves.IsMark(key, document))
        {
            return new SessionReading(null, runtime.TargetOf(key, document));
        }

        if (runtime.Lifetimes.IsOver(document))
        {
            await runtime.Store.DestroyAsync(key, cancellationToken);
            return default;
        }

        var cookie = runtime.Store.CookieOf(document.CookieJson.Span, runtime.TimeProvider);
        cookie.AdoptExpires(record.Expires);
        return new SessionReading(new LoadedSession(key, document, cookie, record, touchedAt), null);
    }
}
