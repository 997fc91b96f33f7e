using ServerSessions.Payload;

namespace ServerSessions;

// What the store is known to hold of the session, and what it is to hold.
public sealed partial class ServerSession
{
    // When the session was read, if that has touched it and what is at rest is still what was read.
    private long? _touchedAt;

    // The cookie as it was read; empty where what is at rest is what this request stored.
    private ReadOnlyMemory<byte> _cookieAtRest;

    // What was stored under the id that the session has left with its data, until it is stored under the new one.
    private (string Key, SessionRecord Record)? _left;

    /// <summary>The name that the store keeps the session under; kept, since it may be a hash.</summary>
    internal string Key => _key ??= _request.Runtime.Store.KeyOf(Id);

    /// <summary>What is known to be at rest under <see cref="Id"/>; nothing where the session is not stored.</summary>
    internal SessionRecord? AtRest { get; private set; }

    /// <summary>The session as it would be stored now.</summary>
    /// <exception cref="SessionLimitException">It has grown past a limit.</exception>
    internal SessionRecord ToRecord() => ToRecord(Key);

    /// <summary>
    /// The session as it would be stored under a new id. After a sign-in with new limits, so that it is not over before the request ends.
    /// The session itself gets them once it has moved.
    /// </summary>
    /// <exception cref="SessionLimitException">It has grown past a limit.</exception>
    internal SessionRecord ToMovedRecord(string newKey, bool isSignIn)
    {
        if (!isSignIn)
        {
            return ToRecord(newKey);
        }

        var beginning = SessionLifetimes.BeginningOf(_document);
        try
        {
            _request.Runtime.Lifetimes.Restart(_document);
            return ToRecord(newKey);
        }
        finally
        {
            SessionLifetimes.SetBeginning(_document, beginning);
        }
    }

    /// <summary>The cookie ends with the session's absolute lifetime at the latest.</summary>
    internal DateTimeOffset? KeepWithinEnd()
    {
        var end = _request.Runtime.Lifetimes.EndOf(_document);
        if (end < _cookie.Expires)
        {
            _cookie.AdoptExpires(end);
        }

        return end;
    }

    /// <summary>
    /// After this a later write of the same request expects what this one stored; one that had expired already is not there.
    /// </summary>
    internal void OnStored(SessionRecord record)
    {
        AtRest = record.Expires is { } expires && expires <= _request.Runtime.TimeProvider.GetUtcNow() ? null : record;
        _touchedAt = null;
        _cookieAtRest = default;
        _changes.Clear();
    }

    /// <summary>Takes over what another request stored meanwhile, with this request's changes on top.</summary>
    internal void Rebase(in LoadedSession fresh)
    {
        if (HasCookieAtRest())
        {
            // This request only moved the expiry: what another made of the cookie counts.
            _cookie = fresh.Cookie;
            _cookie.Touch();
        }

        _changes.Apply(_document, fresh.Document);
        SessionLifetimes.KeepEarlierBeginning(_document, fresh.Document);
        _document = fresh.Document;
        AtRest = fresh.AtRest;
        _cookieAtRest = fresh.Document.CookieJson;
    }

    /// <summary>
    /// A session that was made without the instant that its overall limit is counted from gets it now, and is changed by that.
    /// </summary>
    internal void StampIfMissing() => _request.Runtime.Lifetimes.StampIfMissing(_document);

    /// <summary>
    /// Whether the touch that is due can be spared: the expiry was moved a short time ago, and this request has not changed the cookie.
    /// </summary>
    internal bool IsFresh() =>
        AtRest is { } known
        && (
            _touchedAt is { } read
                ? _request.Runtime.ReadTouch.IsRecent(read, _cookie)
                : _request.Runtime.Lifetimes.IsFresh(_cookie, known.Expires)
        )
        && HasCookieAtRest();

    /// <summary>
    /// What is known to be at rest, or was before the session left its id with its data; nothing where it was not stored.
    /// </summary>
    internal SessionDocument? OpenAtRest() =>
        AtRest is { } known ? _request.Runtime.Open(Key, known)
        : _left is { } left ? _request.Runtime.Open(left.Key, left.Record)
        : null;

    /// <summary>
    /// Refuses a cookie that browsers would drop. What came from the store as it is was sent like that before, by Node perhaps, and is no
    /// mistake of this request.
    /// </summary>
    /// <exception cref="SessionCookieException">The request has set attributes that browsers refuse.</exception>
    internal void ThrowIfBrowsersDropCookie()
    {
        var options = _request.Runtime.Options;
        if (!options.EnforceCookieRules)
        {
            return;
        }

        // As it will be sent: SameSite=None, for example, takes a cookie that is Secure. After the headers none is sent, and the request
        // may be gone.
        var sent = CookieSettings.Of(_cookie);
        if (!_request.Commit!.IsPastHeaders && SessionFactory.BecomesSecure(_cookie, _request, options.Proxy))
        {
            sent = sent with { Secure = true };
        }

        if (
            (CookieRules.CheckLength(options.Cookie.Name, Id) ?? CookieRules.Check(options.Cookie.Name, sent)) is { } broken
            && !HasCookieAtRest()
        )
        {
            throw new SessionCookieException(broken);
        }
    }

    /// <summary>Refuses an id with which the cookie is longer than browsers keep.</summary>
    /// <exception cref="SessionCookieException">It is too long.</exception>
    private void ThrowIfBrowsersDropId(string sid)
    {
        var options = _request.Runtime.Options;
        if (options.EnforceCookieRules && CookieRules.CheckLength(options.Cookie.Name, sid) is { } broken)
        {
            throw new SessionCookieException(broken);
        }
    }

    private SessionRecord ToRecord(string key)
    {
        _request.Runtime.Limits.CheckWrite(this);
        _request.Runtime.Moves.KeepApart(Key, _document);
        var end = KeepWithinEnd();
        return _request.Runtime.Store.ToRecord(key, _document, _cookie, _request.Runtime.Lifetimes.ExpiryOf(_cookie, end));
    }

    /// <summary>
    /// Whether the cookie, its expiry aside, is as this request knows it at rest, or as it was under the id that the session has left with
    /// its data.
    /// </summary>
    private bool HasCookieAtRest()
    {
        var json = AtRest is null || _cookieAtRest.IsEmpty ? OpenAtRest()?.CookieJson : _cookieAtRest;
        return json is { } cookie
            && CookieSettings.Of(_request.Runtime.Store.CookieOf(cookie.Span, _request.Runtime.TimeProvider)) == CookieSettings.Of(_cookie);
    }
}
