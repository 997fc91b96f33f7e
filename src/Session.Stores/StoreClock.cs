namespace ServerSessions.Stores;

/// <summary>
/// The clock of a store: the current time, and the expiry of a record by the rules of <see cref="ISessionStore"/>. Thread safe.
/// </summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="defaultLifetime">The lifetime of a session without an expiry; more than zero.</param>
public sealed class StoreClock(TimeProvider timeProvider, TimeSpan defaultLifetime)
{
    /// <summary>Gets the clock for timers.</summary>
    public TimeProvider TimeProvider => timeProvider;

    /// <summary>Gets the current time, in UTC.</summary>
    public DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>
    /// Returns the expiry to store for a record: its own, or the default lifetime from <paramref name="now"/>, cut at
    /// <see cref="DateTimeOffset.MaxValue"/>. A session whose expiry is not later than now must not be stored, and is to be removed.
    /// </summary>
    /// <param name="expires">The <see cref="SessionRecord.Expires"/> of the record.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The expiry.</returns>
    public DateTimeOffset ExpiryOf(DateTimeOffset? expires, DateTimeOffset now)
    {
        if (expires is { } given)
        {
            return given;
        }

        var longest = DateTimeOffset.MaxValue - now;
        return now + (defaultLifetime < longest ? defaultLifetime : longest);
    }

    /// <summary>Returns whether a session has expired: <c>now &gt;= expires</c>. A session without an expiry has not.</summary>
    /// <param name="expires">The expiry at rest.</param>
    /// <returns>Whether it has expired.</returns>
    public bool HasExpired(DateTimeOffset? expires) => expires <= timeProvider.GetUtcNow();
}
