namespace ServerSessions;

/// <summary>
/// Decides how long a user's list must live: longer than any session that it names. With an absolute timeout that is its end. Otherwise the
/// list is written for four lifetimes ahead, and again once less than two are left: one more write in two lifetimes of use.
/// </summary>
/// <param name="lifetimes">The lifetimes of the options.</param>
/// <param name="ofStore">The lifetime that the store gives to sessions without one; <see langword="null"/> if it does not tell.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class UserLease(SessionLifetimes lifetimes, TimeSpan? ofStore, TimeProvider timeProvider)
{
    private const int Ahead = 4;
    private const int Least = 2;

    // The store decides, and does not tell. Longer than the defaults of all stores of this project.
    private static readonly TimeSpan UnknownLifetime = TimeSpan.FromDays(30);

    /// <summary>Returns the expiry that a list gets for a session.</summary>
    public DateTimeOffset EndFor(SessionState session) => EndFor(session, Ahead);

    /// <summary>Returns the earliest expiry of the list with which a session may be used without another write of the list.</summary>
    public DateTimeOffset LeastFor(SessionState session) => EndFor(session, Least);

    /// <summary>Returns the lifetime that each use gives a session; <see langword="null"/> if it is not known.</summary>
    public TimeSpan? LifetimeOf(SessionState session) => session.Cookie.OriginalMaxAge ?? lifetimes.Idle ?? ofStore;

    private DateTimeOffset EndFor(SessionState session, int number)
    {
        if (lifetimes.EndOf(session.Document) is { } end)
        {
            return end;
        }

        var now = timeProvider.GetUtcNow();
        var lifetime = LifetimeOf(session) ?? UnknownLifetime;
        var until = lifetime > (DateTimeOffset.MaxValue - now) / number ? DateTimeOffset.MaxValue : now + (lifetime * number);
        return session.AtRest?.Expires is { } expires && expires > until ? expires : until;
    }
}
