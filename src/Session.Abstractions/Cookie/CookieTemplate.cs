using System.Buffers;

namespace ServerSessions.Payload;

/// <summary>
/// The JSON of a cookie with a gap for its expiry, if it has one. The cookies of an application's sessions differ only in their expiry, so
/// each thread reads and writes the next cookie with the last one's template. That costs two comparisons and 24 digits. A JSON reader and
/// writer took a sixth of the middleware's time for a request.
/// </summary>
internal sealed class CookieTemplate
{
    [ThreadStatic]
    private static CookieTemplate? _last;

    private readonly byte[] _before;
    private readonly byte[] _after;
    private readonly SessionCookie _cookie;

    private CookieTemplate(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, SessionCookie cookie)
    {
        (_before, _after) = (before.ToArray(), after.ToArray());
        _cookie = new SessionCookie(cookie, this, TimeProvider.System);
    }

    private static ReadOnlySpan<byte> Name => "\"expires\":\""u8;

    private bool HasGap => _cookie.RawExpires.Instant is not null;

    private int Length => _before.Length + (HasGap ? IsoInstant.Length : 0) + _after.Length;

    /// <summary>Returns the cookie if its JSON differs from the last one only in the expiry; otherwise <see langword="null"/>.</summary>
    public static SessionCookie? Read(ReadOnlySpan<byte> json, TimeProvider timeProvider)
    {
        if (_last is not { } last || json.Length != last.Length || !json.StartsWith(last._before) || !json.EndsWith(last._after))
        {
            return null;
        }

        if (!last.HasGap)
        {
            return new SessionCookie(last._cookie, last, timeProvider);
        }

        return IsoInstant.TryRead(json.Slice(last._before.Length, IsoInstant.Length), out var expires)
            ? new SessionCookie(last._cookie, last, timeProvider) { RawExpires = CookieExpires.Of(expires) }
            : null;
    }

    /// <summary>Keeps a template for a cookie that was read without one, if the cookie is written back as the same JSON.</summary>
    public static void Keep(ReadOnlySpan<byte> json, SessionCookie cookie)
    {
        if (!CookieJsonWriter.Borrow(cookie).SequenceEqual(json))
        {
            return;
        }

        if (cookie.RawExpires.Instant is null)
        {
            _last = cookie.Template = new CookieTemplate(json, default, cookie);
            return;
        }

        // Quotes in a JSON string are escaped, so this finds only the member.
        var gap = json.IndexOf(Name) + Name.Length;
        _last = cookie.Template = new CookieTemplate(json[..gap], json[(gap + IsoInstant.Length)..], cookie);
    }

    /// <summary>
    /// Writes a cookie that was read with this template, if only the expiry has changed. Returns <see langword="false"/> if the expiry was
    /// added or removed.
    /// </summary>
    public bool TryWrite(CookieExpires expires, ArrayBufferWriter<byte> output)
    {
        if (HasGap ? expires.Instant is null : expires != _cookie.RawExpires)
        {
            return false;
        }

        output.Write(_before);
        if (expires.Instant is { } instant)
        {
            IsoInstant.Write(instant, output.GetSpan(IsoInstant.Length));
            output.Advance(IsoInstant.Length);
        }

        output.Write(_after);
        return true;
    }
}
