using System.Globalization;
using System.Text;

namespace Session;

/// <summary>When sessions end at rest: by their cookie's expiry, the idle lifetime, and the absolute one, which nothing passes.</summary>
internal sealed class SessionLifetimes(ServerSessionOptions options, TimeProvider timeProvider)
{
    /// <summary>The member that holds the instant at which a session was made, as JavaScript writes one: <c>"2026-01-31T12:00:00.000Z"</c>.</summary>
    public const string CreatedKey = "__created";

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // The default lifetime of four of the six backends. With an absolute end the expiry must be known, and cannot be left to the store.
    private static readonly TimeSpan DefaultIdle = TimeSpan.FromDays(1);

    /// <summary>Whether sessions end however much they are used.</summary>
    public bool HasEnd => options.AbsoluteLifetime is not null;

    /// <summary>Whether a name is the member that this class keeps, and so no key of the session.</summary>
    public bool IsReserved(string key) => HasEnd && key == CreatedKey;

    /// <summary>Marks a session as made now.</summary>
    public void Stamp(SessionDocument document)
    {
        if (HasEnd)
        {
            document.SetJson(CreatedKey, ToJson(timeProvider.GetUtcNow()));
        }
    }

    /// <summary>Marks a session that comes without a mark as made now.</summary>
    /// <returns>Whether it had none.</returns>
    public bool StampIfMissing(SessionDocument document)
    {
        if (!HasEnd || CreatedAt(document) is not null)
        {
            return false;
        }

        Stamp(document);
        return true;
    }

    /// <summary>The instant from which the session has ended, whatever it did.</summary>
    public DateTimeOffset? EndOf(SessionDocument document) => HasEnd ? CreatedAt(document) + options.AbsoluteLifetime : null;

    public bool IsOver(SessionDocument document) => EndOf(document) is { } end && end <= timeProvider.GetUtcNow();

    /// <summary>The expiry at rest of a session with this cookie and this end.</summary>
    public DateTimeOffset? ExpiryOf(SessionCookie cookie, DateTimeOffset? end)
    {
        var expires = cookie.Expires;
        if (expires is null && (options.IdleLifetime ?? (HasEnd ? DefaultIdle : null)) is { } idle)
        {
            expires = timeProvider.GetUtcNow() + idle;
        }

        return end < expires ? end : expires;
    }

    private static DateTimeOffset? CreatedAt(SessionDocument document) =>
        document.TryGetJson(CreatedKey, out var json)
        && SessionJson.DecodeString(json.Span) is { } text
        && DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : null;

    private static byte[] ToJson(DateTimeOffset instant) =>
        Encoding.ASCII.GetBytes($"\"{instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}\"");
}
