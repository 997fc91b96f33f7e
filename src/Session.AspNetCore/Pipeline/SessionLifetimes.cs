using System.Globalization;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>When sessions end at rest: by their cookie's expiry, the idle lifetime, and the absolute one, which nothing passes.</summary>
internal sealed class SessionLifetimes(ServerSessionOptions options, TimeProvider timeProvider)
{
    // The member holds the instant at which a session was made, as JavaScript writes one.
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // The default lifetime of four of the six backends. With an absolute end the expiry must be known, and cannot be left to the store.
    private static readonly TimeSpan DefaultIdle = TimeSpan.FromDays(1);

    /// <summary>What a session whose cookie has no expiry lives by; nothing where the store decides.</summary>
    public TimeSpan? Idle => options.IdleTimeout ?? (HasEnd ? DefaultIdle : null);

    /// <summary>Whether sessions end however much they are used.</summary>
    private bool HasEnd => options.AbsoluteTimeout is not null;

    /// <summary>Whether a name is the member that this class keeps, and so no key of the session.</summary>
    public bool IsReserved(string key) => HasEnd && key == ReservedKeys.Created;

    /// <summary>Whether a session has a member that is no key of it.</summary>
    public bool KeepsMember(SessionDocument document) => HasEnd && document.TryGetJson(ReservedKeys.Created, out _);

    /// <summary>Marks a session as made now.</summary>
    public void Stamp(SessionDocument document)
    {
        if (HasEnd)
        {
            document.SetJson(ReservedKeys.Created, ToJson(timeProvider.GetUtcNow()));
        }
    }

    /// <summary>
    /// Marks a session that comes without a mark as made now. So does one whose mark lies in the future: it would live until long after
    /// that.
    /// </summary>
    public void StampIfMissing(SessionDocument document)
    {
        if (HasEnd && !(CreatedAt(document) <= timeProvider.GetUtcNow()))
        {
            Stamp(document);
        }
    }

    /// <summary>
    /// The overall limit of a session starts again at now. Also without the option if the session has a mark: another instance may have the
    /// option.
    /// </summary>
    public void Restart(SessionDocument document)
    {
        if (HasEnd || CreatedAt(document) is not null)
        {
            SetBeginning(document, ToJson(timeProvider.GetUtcNow()));
        }
    }

    /// <summary>The mark as it stands in a session.</summary>
    public static ReadOnlyMemory<byte>? BeginningOf(SessionDocument document) =>
        document.TryGetJson(ReservedKeys.Created, out var json) ? json : default(ReadOnlyMemory<byte>?);

    /// <summary>Puts a mark into a session, or takes it out.</summary>
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
    /// Of what two requests know of one session the earlier beginning counts: the first two requests of a session without a mark each gave
    /// it one, and what Node has made under the old id of a session that moved has none.
    /// </summary>
    public static void KeepEarlierBeginning(SessionDocument known, SessionDocument fresh)
    {
        if (CreatedAt(known) is { } instant && !(CreatedAt(fresh) <= instant))
        {
            SetBeginning(fresh, BeginningOf(known));
        }
    }

    /// <summary>The instant from which the session has ended, whatever it did.</summary>
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

    /// <summary>The expiry at rest of a session with this cookie and this end.</summary>
    public DateTimeOffset? ExpiryOf(SessionCookie cookie, DateTimeOffset? end)
    {
        var expires = cookie.Expires ?? timeProvider.GetUtcNow() + Idle;
        return end < expires ? end : expires;
    }

    /// <summary>
    /// Whether the expiry at rest was moved so short a time ago that <see cref="ServerSessionOptions.TouchThrottle"/> spares another touch.
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

    private static DateTimeOffset? CreatedAt(SessionDocument document) =>
        document.TryGetJson(ReservedKeys.Created, out var json)
        && SessionJson.DecodeString(json.Span) is { } text
        && DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : null;

    private static byte[] ToJson(DateTimeOffset instant) =>
        Encoding.ASCII.GetBytes($"\"{instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}\"");
}
