using System.Runtime.CompilerServices;

namespace ServerSessions;

/// <summary>Reads sessions: what is at rest, opened and taken apart, unless its absolute lifetime is over.</summary>
internal sealed class SessionLoader(SessionRuntime runtime)
{
    /// <summary>Reads a session; nothing where there is none any more, or none that is ours.</summary>
    /// <exception cref="SessionStoreException">It could not be read, or is no session.</exception>
    public async ValueTask<LoadedSession?> GetAsync(string key, CancellationToken cancellationToken) =>
        (await ReadAsync(key, cancellationToken)).Session;

    /// <summary>The same, and where it has gone if it has a new id: for requests that want to end it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SessionReading> ReadAsync(string key, CancellationToken cancellationToken) =>
        await OpenAsync(key, await runtime.Store.GetAsync(key, cancellationToken), null, cancellationToken);

    /// <summary>The same for a request that begins: touched in the same step, where the store and the options say so.</summary>
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
