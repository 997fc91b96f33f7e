using System.Globalization;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// Computes when stored sessions end: by their cookie's expiry, the idle timeout, and the absolute timeout, which nothing exceeds.
/// </summary>
internal sealed class SessionLifetimes(ServerSessionOptions options, TimeProvider timeProvider)
{
    // The member holds the instant of creation in JavaScript's format.
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // The default lifetime of most backends. With an absolute timeout the expiry must be known, and cannot be left to the store.
    private static readonly TimeSpan DefaultIdle = TimeSpan.FromDays(1);

    /// <summary>The lifetime of a session whose cookie has no expiry; <see langword="null"/> if the store decides.</summary>
    public TimeSpan? Idle => options.IdleTimeout ?? (HasEnd ? DefaultIdle : null);

    /// <summary>Whether sessions have an absolute timeout.</summary>
    private bool HasEnd => options.AbsoluteTimeout is not null;

    /// <summary>Whether a name is the member that this class keeps, and so not a key of the session.</summary>
    public bool IsReserved(string key) => HasEnd && key == ReservedKeys.Created;

    /// <summary>Whether a session has a member that is not one of its keys.</summary>
    public bool KeepsMember(SessionDocument document) => HasEnd && document.TryGetJson(ReservedKeys.Created, out _);

    /// <summary>Sets the session's instant of creation to now.</summary>
    public void Stamp(SessionDocument document)
    {
        if (HasEnd)
        {
            document.SetJson(ReservedKeys.Created, ToJson(timeProvider.GetUtcNow()));
        }
    }

    /// <summary>
    /// Sets the session's instant of creation to now if it has none, or one in the future: with that it would live too long.
    /// </summary>
    public void StampIfMissing(SessionDocument document)
    {
        if (HasEnd && !(CreatedAt(document) <= timeProvider.GetUtcNow()))
        {
            Stamp(document);
        }
    }

    /// <summary>
    /// Starts the absolute timeout again. Also without the option if the session has an instant of creation: another instance may have the
    /// option.
    /// </summary>
    public void Restart(SessionDocument document)
    {
        if (HasEnd || CreatedAt(document) is not null)
        {
            SetBeginning(document, ToJson(timeProvider.GetUtcNow()));
        }
    }

    /// <summary>Returns the instant of creation as it is stored in a session.</summary>
    public static ReadOnlyMemory<byte>? BeginningOf(SessionDocument document) =>
        document.TryGetJson(ReservedKeys.Created, out var json) ? json : default(ReadOnlyMemory<byte>?);

    /// <summary>Sets or removes a session's instant of creation.</summary>
    public static void SetBeginning(SessionDocument document, ReadOnlyMemory<byte>? beginning)
    {
        if (beginning is { } json)
        {
            document.SetJson(ReservedKeys.Created, json);
        }
        else
        {
            document.Remove(ReservedKeys.Created);
        }
    }

    /// <summary>
    /// Keeps the earlier instant of creation of two versions of a session. The first two requests of a session without one each set it, and
    /// a session that Node has made of a tombstone has none.
    /// </summary>
    public static void KeepEarlierBeginning(SessionDocument known, SessionDocument fresh)
    {
        if (CreatedAt(known) is { } instant && !(CreatedAt(fresh) <= instant))
        {
            SetBeginning(fresh, BeginningOf(known));
        }
    }

    /// <summary>Returns the instant at which the session ends regardless of its use.</summary>
    public DateTimeOffset? EndOf(SessionDocument document)
    {
        if (!HasEnd || CreatedAt(document) is not { } created)
        {
            return null;
        }

        var now = timeProvider.GetUtcNow();
        return (created < now ? created : now) + options.AbsoluteTimeout;
    }

    public bool IsOver(SessionDocument document) => EndOf(document) is { } end && end <= timeProvider.GetUtcNow();

    /// <summary>Whether an expiry has passed.</summary>
    public bool IsPast(DateTimeOffset? expires) => expires <= timeProvider.GetUtcNow();

    /// <summary>Returns the stored expiry of a session.</summary>
    /// <param name="cookie">The session's cookie.</param>
    /// <param name="end">The end of the session's absolute lifetime.</param>
    /// <param name="kept">The expiry to keep if the cookie has none; <see langword="null"/> to start the idle timeout again.</param>
    public DateTimeOffset? ExpiryOf(SessionCookie cookie, DateTimeOffset? end, DateTimeOffset? kept)
    {
        var expires = cookie.Expires ?? kept ?? timeProvider.GetUtcNow() + Idle;
        return end < expires ? end : expires;
    }

    /// <summary>
    /// Whether the stored expiry was moved so recently that <see cref="ServerSessionOptions.TouchThrottle"/> skips another touch.
    /// </summary>
    public bool IsFresh(SessionCookie cookie, DateTimeOffset? expiresAtRest)
    {
        if (options.TouchThrottle == 0 || (cookie.OriginalMaxAge ?? Idle) is not { } lifetime || expiresAtRest is not { } expires)
        {
            return false;
        }

        var passed = lifetime - (expires - timeProvider.GetUtcNow());
        return passed >= TimeSpan.Zero && passed < lifetime * options.TouchThrottle;
    }

    /// <summary>Returns the session's instant of creation; <see langword="null"/> if it has none.</summary>
    public static DateTimeOffset? CreatedAt(SessionDocument document) =>
        document.TryGetJson(ReservedKeys.Created, out var json)
        && SessionJson.DecodeString(json.Span) is { } text
        && DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : null;

    private static byte[] ToJson(DateTimeOffset instant) =>
        Encoding.ASCII.GetBytes($"\"{instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}\"");
}
