namespace ServerSessions.Payload;

/// <summary>
/// A session object as JSON, <c>{"cookie":{…},"key":value,…}</c>, parsed at the top level only: each value is a slice of the payload.
/// Values that are not set are written back byte for byte, in their order.
/// </summary>
/// <remarks>
/// <para>The format is express-session's, <c>JSON.stringify(session)</c>. A name that occurs twice keeps its first place and its last
/// value, as in <c>JSON.parse</c>. Lone surrogates are kept, in names and in values.</para>
/// <para>The cost of getting, setting and removing a key does not grow with the number of keys. Nesting has no limit: values are not
/// parsed.</para>
/// <para>Not safe for concurrent use once it has been changed. <see cref="Clone"/> is cheap: both copies share what neither has
/// changed.</para>
/// </remarks>
public sealed class SessionDocument
{
    /// <summary>The name <c>cookie</c>, which belongs to the session's cookie and cannot be a key of a session.</summary>
    public const string CookieName = "cookie";

    private static readonly ReadOnlyMemory<byte> CookieNameUtf8 = "cookie"u8.ToArray();

    private SessionMembers _members;
    private bool _shared;

    private SessionDocument(SessionMembers members)
    {
        _members = members;
    }

    /// <summary>Initializes a new instance of the <see cref="SessionDocument"/> class with a cookie and no keys.</summary>
    /// <param name="cookieJson">The cookie object as JSON. Not copied; must not change afterwards.</param>
    public SessionDocument(ReadOnlyMemory<byte> cookieJson)
        : this(new SessionMembers([new SessionMember(CookieNameUtf8, cookieJson)]))
    {
        ThrowIfEmpty(cookieJson, nameof(cookieJson));
    }

    /// <summary>
    /// Gets or sets the JSON of the <c>cookie</c> member, which <see cref="SessionCookie"/> reads and writes. Not copied; must not change
    /// afterwards.
    /// </summary>
    public ReadOnlyMemory<byte> CookieJson
    {
        get => _members.Find(CookieName)!.Value.Value;
        set
        {
            ThrowIfEmpty(value, nameof(value));
            Writable().Set(CookieName, value);
        }
    }

    /// <summary>The keys in their order, without <c>cookie</c>. Decoded again at each call.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            var keys = new List<string>(_members.Count);
            foreach (var member in _members.InOrder())
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

    /// <summary>
    /// The bytes of all keys and values in the session's JSON, with their quotes, colons and commas, without <c>cookie</c>. Computed at
    /// each call.
    /// </summary>
    public long ContentLength
    {
        get
        {
            var length = 0L;
            foreach (var member in _members.InOrder())
            {
                length += IsCookie(member) ? 0 : member.Name.Length + member.Value.Length + 4;
            }

            return length;
        }
    }

    /// <summary>Parses a payload in one forward scan, which checks the whole grammar and decodes nothing.</summary>
    /// <param name="payload">The payload. Not copied; must not change afterwards.</param>
    /// <returns>The session.</returns>
    /// <exception cref="SessionPayloadException">
    /// The payload starts with a byte order mark, is not UTF-8, is not well-formed, is not an object, or has no <c>cookie</c> object.
    /// </exception>
    public static SessionDocument Parse(ReadOnlyMemory<byte> payload)
    {
        var members = new SessionMembers(SessionPayloadScanner.Scan(payload));
        return members.Find(CookieName) is { } cookie && cookie.Value.Span[0] == '{'
            ? new SessionDocument(members)
            : throw new SessionPayloadException(SessionPayloadError.NoCookie, 0);
    }

    /// <summary>Returns a copy that can be changed independently.</summary>
    /// <returns>The copy.</returns>
    public SessionDocument Clone()
    {
        _shared = true;
        return new SessionDocument(_members) { _shared = true };
    }

    /// <summary>Gets the value of a key as JSON.</summary>
    /// <param name="key">The key, decoded. <c>cookie</c> is not a key.</param>
    /// <param name="json">The value as JSON, a slice of the payload.</param>
    /// <returns>Whether the key exists.</returns>
    public bool TryGetJson(string key, out ReadOnlyMemory<byte> json)
    {
        ArgumentNullException.ThrowIfNull(key);
        var member = key == CookieName ? null : _members.Find(key);
        json = member?.Value ?? default;
        return member is not null;
    }

    /// <summary>
    /// Sets a key. An existing key keeps its place; a new one goes to the end. A new key that is an array index in JavaScript (<c>"12"</c>)
    /// goes to the front, in ascending order, as in every JavaScript object.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="json">The value as one well-formed JSON value, which is not checked. Not copied; must not change afterwards.</param>
    /// <exception cref="ArgumentException">The key is <c>cookie</c>, or the value is empty.</exception>
    public void SetJson(string key, ReadOnlyMemory<byte> json)
    {
        ThrowIfCookie(key);
        ThrowIfEmpty(json, nameof(json));
        Writable().Set(key, json);
    }

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether the key existed.</returns>
    /// <exception cref="ArgumentException">The key is <c>cookie</c>.</exception>
    public bool Remove(string key)
    {
        ThrowIfCookie(key);
        return _members.Find(key) is not null && Writable().Remove(key);
    }

    /// <summary>
    /// Whether two sessions have the same keys with the same JSON in the same order. The cookie is ignored, as in express-session's change
    /// detection.
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

        var mine = _members.InOrder();
        var theirs = other._members.InOrder();
        for (int i = 0, j = 0; ;)
        {
            i += i < mine.Length && IsCookie(mine[i]) ? 1 : 0;
            j += j < theirs.Length && IsCookie(theirs[j]) ? 1 : 0;
            if (i == mine.Length)
            {
                return true;
            }

            if (!mine[i++].ContentEquals(theirs[j++]))
            {
                return false;
            }
        }
    }

    /// <summary>Writes the session as compact JSON.</summary>
    /// <returns>The JSON. The caller owns the buffer.</returns>
    public byte[] ToPayload() => ToPayload(CookieJson.Span);

    /// <summary>Writes the session as compact JSON with another cookie. <see cref="CookieJson"/> does not change.</summary>
    /// <param name="cookie">The cookie.</param>
    /// <returns>The JSON. The caller owns the buffer.</returns>
    public byte[] ToPayload(SessionCookie cookie)
    {
        ArgumentNullException.ThrowIfNull(cookie);
        return ToPayload(CookieJsonWriter.Borrow(cookie));
    }

    private byte[] ToPayload(ReadOnlySpan<byte> cookieJson)
    {
        // The braces, and for each member two quotes, a colon and a comma.
        var members = _members.InOrder();
        var length = 2 + (members.Length * 4) - 1;
        foreach (var member in members)
        {
            length += member.Name.Length + (IsCookie(member) ? cookieJson.Length : member.Value.Length);
        }

        var payload = new byte[length];
        var rest = payload.AsSpan();
        for (var i = 0; i < members.Length; i++)
        {
            rest = Append(rest, i == 0 ? "{\""u8 : ",\""u8);
            rest = Append(rest, members[i].Name.Span);
            rest = Append(rest, "\":"u8);
            rest = Append(rest, IsCookie(members[i]) ? cookieJson : members[i].Value.Span);
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
            throw new ArgumentException("The key \"cookie\" is reserved for the session's cookie. Use another name.", nameof(key));
        }
    }

    private static void ThrowIfEmpty(ReadOnlyMemory<byte> json, string paramName)
    {
        if (json.IsEmpty)
        {
            throw new ArgumentException("The JSON of a value must not be empty.", paramName);
        }
    }

    private SessionMembers Writable()
    {
        if (_shared)
        {
            _members = _members.Clone();
            _shared = false;
        }

        return _members;
    }
}
