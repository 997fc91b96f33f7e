using ServerSessions.Payload;

namespace ServerSessions;

// What the store is known to hold of the session, and what to store next.
public sealed partial class ServerSession
{
    // The time of the read if it touched the session and the stored record has not changed since.
    private long? _touchedAt;

    // The cookie as it was read; empty if this request stored the session.
    private ReadOnlyMemory<byte> _cookieAtRest;

    // The record under the id that the session has left with its data, until it is stored under the new id.
    private (string Key, SessionRecord Record)? _left;

    /// <summary>The name under which the store keeps the session. Cached, because it may be a hash.</summary>
    internal string Key => _key ??= _request.Runtime.Store.KeyOf(Id);

    /// <summary>
    /// The record that is known to be stored under <see cref="Id"/>; <see langword="null"/> if the session is not stored.
    /// </summary>
    internal SessionRecord? AtRest { get; private set; }

    /// <summary>Returns the record to store for the session as it is now.</summary>
    /// <exception cref="SessionLimitException">The session has grown past a limit.</exception>
    internal SessionRecord ToRecord() => ToRecord(Key);

    /// <summary>
    /// Returns the record to store under a new id. After a sign-in it has new limits, so that it does not end before the request does. The
    /// session itself gets them once it has moved.
    /// </summary>
    /// <exception cref="SessionLimitException">The session has grown past a limit.</exception>
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

    /// <summary>Limits the expiry of the cookie to the end of the session's absolute lifetime.</summary>
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
    /// Makes later writes of the same request expect this record. A record that was stored with a past expiry counts as absent.
    /// </summary>
    internal void OnStored(SessionRecord record)
    {
        AtRest = record.Expires is { } expires && expires <= _request.Runtime.TimeProvider.GetUtcNow() ? null : record;
        _touchedAt = null;
        _cookieAtRest = default;
        _changes.Clear();
    }

    /// <summary>Adopts what another request stored in the meantime, and applies this request's changes to it.</summary>
    internal void Rebase(in LoadedSession fresh)
    {
        if (HasCookieAtRest())
        {
            // This request only moved the expiry, so the other request's cookie is kept.
            _cookie = fresh.Cookie;
            _cookie.Touch();
        }

        _changes.Apply(_document, fresh.Document);
        SessionLifetimes.KeepEarlierBeginning(_document, fresh.Document);
        _document = fresh.Document;
        AtRest = fresh.AtRest;
        _cookieAtRest = fresh.Document.CookieJson;
    }

    /// <summary>Adds the instant of creation to a session without one. That changes the session.</summary>
    internal void StampIfMissing() => _request.Runtime.Lifetimes.StampIfMissing(_document);

    /// <summary>
    /// Whether the due touch can be skipped: the expiry was moved a short time ago, and this request has not changed the cookie.
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
    /// Returns the content that is known to be stored, or was stored before the session left its id with its data; <see langword="null"/>
    /// if it was not stored.
    /// </summary>
    internal SessionDocument? OpenAtRest() =>
        AtRest is { } known ? _request.Runtime.Open(Key, known)
        : _left is { } left ? _request.Runtime.Open(left.Key, left.Record)
        : null;

    /// <summary>
    /// Refuses a cookie that browsers would drop. A cookie that came from the store unchanged was sent before, perhaps by Node, and is not
    /// refused.
    /// </summary>
    /// <exception cref="SessionCookieException">The request has set attributes that browsers refuse.</exception>
    internal void ThrowIfBrowsersDropCookie()
    {
        var options = _request.Runtime.Options;
        if (!options.EnforceCookieRules)
        {
            return;
        }

        // Checks the cookie as it will be sent, because SameSite=None needs Secure. After the headers no cookie is sent, and the request
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

    /// <summary>Refuses an id that makes the cookie longer than browsers accept.</summary>
    /// <exception cref="SessionCookieException">The cookie is too long.</exception>
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
    /// Whether the cookie without its expiry is the stored one, or the one under the id that the session has left with its data.
    /// </summary>
    private bool HasCookieAtRest()
    {
        var json = AtRest is null || _cookieAtRest.IsEmpty ? OpenAtRest()?.CookieJson : _cookieAtRest;
        return json is { } cookie
            && CookieSettings.Of(_request.Runtime.Store.CookieOf(cookie.Span, _request.Runtime.TimeProvider)) == CookieSettings.Of(_cookie);
    }
}
