using System.Globalization;

namespace Session;

/// <summary>
/// A session object as JSON, <c>{"cookie":{…},"key":value,…}</c>, taken apart at the top level only: each value is a slice of the
/// bytes it came in. Values that nobody sets are written back byte for byte, in their order, whoever wrote them.
/// </summary>
/// <remarks>
/// <para>Format: express-session's, <c>JSON.stringify(session)</c>. A name that stands twice keeps its first place and its last value, as
/// <c>JSON.parse</c> has it. Lone surrogates survive, in names and in values.</para>
/// <para>Not safe for concurrent writes. <see cref="Clone"/> is cheap: both sides share what neither has changed.</para>
/// </remarks>
public sealed class SessionDocument
{
    /// <summary>The deepest nesting that is read, the session object itself being level 1: 64.</summary>
    public const int MaxDepth = 64;

    /// <summary>The name that no session key may have: it belongs to the session's cookie.</summary>
    public const string CookieName = "cookie";

    private static readonly ReadOnlyMemory<byte> CookieNameUtf8 = "cookie"u8.ToArray();

    // Names up to this length are encoded on the stack.
    private const int StackNameLength = 128;

    private List<SessionMember> _members;
    private bool _shared;

    private SessionDocument(List<SessionMember> members)
    {
        _members = members;
    }

    /// <summary>Makes a session with nothing but a cookie.</summary>
    /// <param name="cookieJson">The cookie object as JSON; not copied, and not changed from here on.</param>
    public SessionDocument(ReadOnlyMemory<byte> cookieJson)
        : this([new SessionMember(CookieNameUtf8, cookieJson)])
    {
    }

    /// <summary>The JSON of the <c>cookie</c> member, which <see cref="SessionCookie"/> reads and writes. Not copied; must not change afterwards.</summary>
    public ReadOnlyMemory<byte> CookieJson
    {
        get => _members[CookieIndex].Value;
        set => Writable()[CookieIndex] = new SessionMember(CookieNameUtf8, value);
    }

    /// <summary>The keys, without <c>cookie</c>, in their order. Decoded anew at each call.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            var keys = new List<string>(_members.Count);
            foreach (var member in _members)
            {
                if (!IsCookie(member))
                {
                    keys.Add(member.DecodeName());
                }
            }

            return keys;
        }
    }

    /// <summary>The number of keys, without <c>cookie</c>.</summary>
    public int Count => _members.Count - 1;

    private int CookieIndex => IndexOf(CookieName);

    /// <summary>Takes a payload apart: one forward scan, which checks the grammar of the whole and decodes nothing.</summary>
    /// <param name="payload">The payload; not copied, and not changed from here on.</param>
    /// <returns>The session.</returns>
    /// <exception cref="SessionPayloadException">
    /// It starts with a byte order mark, is not UTF-8, is not well-formed, is no object, is nested deeper than <see cref="MaxDepth"/>, or has
    /// no <c>cookie</c> object.
    /// </exception>
    public static SessionDocument Parse(ReadOnlyMemory<byte> payload)
    {
        var document = new SessionDocument(SessionPayloadScanner.Scan(payload));
        var cookie = document.CookieIndex;
        if (cookie < 0 || document._members[cookie].Value.Span[0] != '{')
        {
            throw new SessionPayloadException(SessionPayloadError.NoCookie, 0);
        }

        return document;
    }

    /// <summary>Makes a copy that can be changed on its own.</summary>
    /// <returns>The copy.</returns>
    public SessionDocument Clone()
    {
        _shared = true;
        return new SessionDocument(_members) { _shared = true };
    }

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key, decoded. <c>cookie</c> is none.</param>
    /// <param name="json">Its value as JSON, a slice of the payload.</param>
    /// <returns>Whether it is there.</returns>
    public bool TryGetJson(string key, out ReadOnlyMemory<byte> json)
    {
        ArgumentNullException.ThrowIfNull(key);
        var index = IndexOf(key);
        var found = index >= 0 && !IsCookie(_members[index]);
        json = found ? _members[index].Value : default;
        return found;
    }

    /// <summary>
    /// Sets a key: in its place where it is there, else at the end; a key that is an array index to JavaScript (<c>"12"</c>) goes to the front, in
    /// ascending order, as in every JavaScript object.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="json">Its value as one well-formed JSON value, which is not checked here. Not copied; must not change afterwards.</param>
    /// <exception cref="ArgumentException">The key is <c>cookie</c>.</exception>
    public void SetJson(string key, ReadOnlyMemory<byte> json)
    {
        ThrowIfCookie(key);
        var index = IndexOf(key);
        if (index >= 0)
        {
            Writable()[index] = _members[index].WithValue(json);
        }
        else
        {
            Writable().Insert(PlaceOf(key), new SessionMember(JsonText.Escape(key), json));
        }
    }

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="ArgumentException">The key is <c>cookie</c>.</exception>
    public bool Remove(string key)
    {
        ThrowIfCookie(key);
        var index = IndexOf(key);
        if (index >= 0)
        {
            Writable().RemoveAt(index);
        }

        return index >= 0;
    }

    /// <summary>
    /// Whether two sessions have the same keys with the same JSON in the same order. The cookie does not count, as it does not in
    /// express-session's change detection.
    /// </summary>
    /// <param name="other">The other session.</param>
    /// <returns>Whether they are equal.</returns>
    public bool ContentEquals(SessionDocument other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(_members, other._members))
        {
            return true;
        }

        if (_members.Count != other._members.Count)
        {
            return false;
        }

        var mine = 0;
        var theirs = 0;
        while (true)
        {
            mine += mine < _members.Count && IsCookie(_members[mine]) ? 1 : 0;
            theirs += theirs < other._members.Count && IsCookie(other._members[theirs]) ? 1 : 0;
            if (mine == _members.Count)
            {
                return true;
            }

            if (!_members[mine++].ContentEquals(other._members[theirs++]))
            {
                return false;
            }
        }
    }

    /// <summary>Writes the session as compact JSON.</summary>
    /// <returns>A new buffer, which is the caller's.</returns>
    public byte[] ToPayload() => ToPayload(CookieJson.Span);

    /// <summary>The same with another cookie in place of <see cref="CookieJson"/>, which stays as it is.</summary>
    /// <param name="cookie">The cookie.</param>
    /// <returns>A new buffer, which is the caller's.</returns>
    public byte[] ToPayload(SessionCookie cookie)
    {
        ArgumentNullException.ThrowIfNull(cookie);
        return ToPayload(CookieJsonWriter.Borrow(cookie));
    }

    private byte[] ToPayload(ReadOnlySpan<byte> cookieJson)
    {
        var cookie = CookieIndex;

        // The braces, and per member two quotes, a colon and a comma.
        var length = 2 + (_members.Count * 4) - 1 + cookieJson.Length - _members[cookie].Value.Length;
        foreach (var member in _members)
        {
            length += member.Name.Length + member.Value.Length;
        }

        var payload = new byte[length];
        var rest = payload.AsSpan();
        for (var i = 0; i < _members.Count; i++)
        {
            rest = Append(rest, i == 0 ? "{\""u8 : ",\""u8);
            rest = Append(rest, _members[i].Name.Span);
            rest = Append(rest, "\":"u8);
            rest = Append(rest, i == cookie ? cookieJson : _members[i].Value.Span);
        }

        Append(rest, "}"u8);
        return payload;
    }

    private static Span<byte> Append(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination);
        return destination[bytes.Length..];
    }

    private static bool IsCookie(SessionMember member) => member.IsNamed(CookieName, CookieNameUtf8.Span);

    private static void ThrowIfCookie(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key == CookieName)
        {
            throw new ArgumentException("The key \"cookie\" belongs to the session's cookie. Use another name.", nameof(key));
        }
    }

    private List<SessionMember> Writable()
    {
        if (_shared)
        {
            _members = [.. _members];
            _shared = false;
        }

        return _members;
    }

    /// <summary>Where a new key goes.</summary>
    private int PlaceOf(string key)
    {
        if (!IsArrayIndex(key, out var index))
        {
            return _members.Count;
        }

        var place = 0;
        while (place < _members.Count && IsArrayIndex(_members[place].DecodeName(), out var other) && other < index)
        {
            place++;
        }

        return place;
    }

    /// <summary>Whether a key is a decimal number below 2^32 - 1 without leading zeros.</summary>
    private static bool IsArrayIndex(string key, out uint index) =>
        uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out index)
        && index < uint.MaxValue
        && (key[0] != '0' || key.Length == 1);

    private int IndexOf(string name)
    {
        Span<byte> buffer = name.Length <= StackNameLength ? stackalloc byte[name.Length * 3] : new byte[name.Length * 3];
        var utf8 = SessionMember.EncodeName(name, buffer);
        for (var i = 0; i < _members.Count; i++)
        {
            if (_members[i].IsNamed(name, utf8))
            {
                return i;
            }
        }

        return -1;
    }
}
