namespace Session;

/// <summary>Reads sessions: what is at rest, opened and taken apart, unless its absolute lifetime is over.</summary>
internal sealed class SessionLoader(SessionRuntime runtime)
{
    private long _lastWarning = long.MinValue;

    /// <summary>Reads a session; nothing where there is none any more, or none that is ours.</summary>
    /// <exception cref="SessionStoreException">It could not be read, or is no session.</exception>
    public async ValueTask<LoadedSession?> GetAsync(string sid, CancellationToken cancellationToken)
    {
        if (await runtime.Store.GetAsync(sid, cancellationToken) is not { } record)
        {
            return null;
        }

        if (runtime.Store.Open(sid, record) is not { } document)
        {
            WarnAboutForeignRecord();
            return null;
        }

        if (runtime.Lifetimes.IsOver(document))
        {
            await runtime.Store.DestroyAsync(sid, cancellationToken);
            return null;
        }

        var cookie = SessionCookie.Parse(document.CookieJson.Span, runtime.TimeProvider);
        cookie.AdoptExpires(record.Expires);
        return new LoadedSession(document, cookie, record);
    }

    /// <summary>Says at most once a minute, not per request, that sessions do not open: after a key is gone all do not.</summary>
    private void WarnAboutForeignRecord()
    {
        runtime.Metrics.Refused();
        var now = runtime.TimeProvider.GetTimestamp();
        var last = Volatile.Read(ref _lastWarning);
        if ((last == long.MinValue || runtime.TimeProvider.GetElapsedTime(last, now) >= TimeSpan.FromMinutes(1))
            && Interlocked.CompareExchange(ref _lastWarning, now, last) == last)
        {
            Log.RecordRefused(runtime.Logger);
        }
    }
}
