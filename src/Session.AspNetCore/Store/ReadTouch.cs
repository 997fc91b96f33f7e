using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Decides whether reading a session also touches it, and plans it for the store: sessions with the lifetime of the options get the new
/// expiry. A session with another lifetime begins with other bytes, so the store leaves it alone. It is touched when the request is
/// committed.
/// </summary>
internal sealed class ReadTouch(ServerSessionOptions options, SessionLifetimes lifetimes, TimeProvider timeProvider)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // Options that depend on the request are the same for most requests.
    private volatile Beginning? _last;

    /// <summary>
    /// Whether the options allow a touch in the read. The absolute end is known only once the session is read, and a throttle is for
    /// touches with a cost: both need the touch at the end.
    /// </summary>
    private bool IsAllowed { get; } = options is { Resave: false, AbsoluteTimeout: null, TouchThrottle: 0 };

    /// <summary>Returns the plan for a read with these cookie options.</summary>
    public bool TryPlan(SessionCookieOptions cookie, out SessionTouchPlan plan)
    {
        if (!IsAllowed || cookie.MaxAge <= TimeSpan.Zero || (cookie.MaxAge is null && cookie.Expires is not null))
        {
            plan = default;
            return false;
        }

        var beginning = _last;
        if (beginning is null || beginning.MaxAge != cookie.MaxAge)
        {
            _last = beginning = new Beginning(cookie.MaxAge);
        }

        var now = timeProvider.GetUtcNow();
        var life = cookie.MaxAge ?? lifetimes.Idle;
        plan = new SessionTouchPlan
        {
            Prefix = beginning.Prefix,
            Expires = life > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + life,
        };
        return true;
    }

    /// <summary>Returns the timestamp of a read that begins now, for <see cref="IsRecent"/>.</summary>
    public long Now() => timeProvider.GetTimestamp();

    /// <summary>Whether a session that was touched when it was read need not be touched again.</summary>
    /// <param name="read">The timestamp of the read.</param>
    /// <param name="cookie">The session's cookie.</param>
    public bool IsRecent(long read, SessionCookie cookie)
    {
        var passed = timeProvider.GetElapsedTime(read);
        return passed <= Longest && ((cookie.OriginalMaxAge ?? lifetimes.Idle) is not { } lifetime || passed <= lifetime / 100);
    }

    /// <summary>The beginning of the payload of a session with a lifetime: the first member of its cookie.</summary>
    private sealed class Beginning(TimeSpan? maxAge)
    {
        public TimeSpan? MaxAge => maxAge;

        public byte[] Prefix { get; } = Of(new SessionCookie(TimeProvider.System) { MaxAge = maxAge });

        private static byte[] Of(SessionCookie cookie)
        {
            var payload = new SessionDocument(cookie.ToJson()).ToPayload();
            return payload[..(payload.IndexOf((byte)',') + 1)];
        }
    }
}
