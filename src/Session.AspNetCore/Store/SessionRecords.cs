using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>Makes the records to store for a session, and compares a session with its stored record.</summary>
internal sealed class SessionRecords
{
    private readonly StoredFormat _format;
    private readonly Tombstones _tombstones;
    private readonly SessionLimits _limits;
    private readonly SessionLifetimes _lifetimes;
    private readonly ReadTouch _readTouch;

    public SessionRecords(
        StoredFormat format,
        Tombstones tombstones,
        SessionLimits limits,
        SessionLifetimes lifetimes,
        ReadTouch readTouch
    )
    {
        (_format, _tombstones, _limits, _lifetimes, _readTouch) = (format, tombstones, limits, lifetimes, readTouch);
        IsFresh = IsTouchedRecently;
    }

    /// <summary>
    /// Whether the due touch of a session can be skipped: the expiry was moved a short time ago, and this request has not changed the
    /// cookie.
    /// </summary>
    public Func<SessionState, bool> IsFresh { get; }

    /// <summary>Returns the record to store for a session as it is now.</summary>
    /// <exception cref="SessionLimitException">The session has grown past a limit.</exception>
    public SessionRecord ToRecord(SessionState session) => ToRecord(session, session.StoreKey);

    /// <summary>
    /// Returns the record to store under a new id. After a sign-in it has new limits, so that it does not end before the request does. The
    /// session itself gets them once it has moved.
    /// </summary>
    /// <exception cref="SessionLimitException">The session has grown past a limit.</exception>
    public SessionRecord ToRenewedRecord(SessionState session, string newKey, bool isSignIn)
    {
        if (!isSignIn)
        {
            return ToRecord(session, newKey);
        }

        var beginning = SessionLifetimes.BeginningOf(session.Document);
        try
        {
            _lifetimes.Restart(session.Document);
            return ToRecord(session, newKey);
        }
        finally
        {
            SessionLifetimes.SetBeginning(session.Document, beginning);
        }
    }

    /// <summary>Refuses a session that must not be stored.</summary>
    /// <exception cref="SessionLimitException">The session has grown past a limit.</exception>
    public void CheckWrite(SessionState session)
    {
        if (_limits.MayExceed(session.Document))
        {
            _limits.CheckWrite(session.Document, OpenAtRest(session));
        }
    }

    /// <summary>Limits the expiry of the cookie to the end of the session's absolute lifetime.</summary>
    public DateTimeOffset? KeepWithinEnd(SessionState session)
    {
        var end = _lifetimes.EndOf(session.Document);
        if (end < session.Cookie.Expires)
        {
            session.Cookie.AdoptExpires(end);
        }

        return end;
    }

    /// <summary>
    /// Whether storing a record ends the session. To be asked before the record is stored: if it ends while the store works, the store has
    /// it, and the next write finds out what became of it.
    /// </summary>
    public bool IsEnd(SessionRecord record) => _lifetimes.IsPast(record.Expires);

    /// <summary>Returns the session after a record was stored, which later writes of the request then expect.</summary>
    /// <param name="session">The session.</param>
    /// <param name="record">The record.</param>
    /// <param name="isEnd">Whether the record had a past expiry, so that nothing is stored; see <see cref="IsEnd"/>.</param>
    public static SessionState AfterStoring(SessionState session, SessionRecord record, bool isEnd) =>
        session.StoredAs(isEnd ? null : record);

    /// <summary>
    /// Returns a stored session as it is at rest, without the unsaved changes of the request, and with its lifetime started again
    /// unless the endpoint does not extend it.
    /// </summary>
    public SessionState WithoutChanges(SessionState session)
    {
        var document = OpenAtRest(session)!;
        var cookie = _format.CookieOf(document.CookieJson.Span);
        cookie.AdoptExpires(session.AtRest!.Expires);
        if (!session.KeepsExpiry)
        {
            cookie.Touch();
        }

        SessionLifetimes.KeepEarlierBeginning(session.Document, document);
        return session with { Document = document, Cookie = cookie };
    }

    /// <summary>
    /// Returns the names of the application's keys whose values differ from those that are known to be stored, for handlers of events that
    /// ask.
    /// </summary>
    public IReadOnlyList<string> ChangedKeys(SessionState session)
    {
        var (now, before) = (session.Document, OpenAtRest(session));
        return before is null
            ? [.. now.Keys.Where(IsOfApplication)]
            : [.. now.Keys.Union(before.Keys, StringComparer.Ordinal).Where(name => IsOfApplication(name) && !IsSame(now, before, name))];
    }

    private static bool IsOfApplication(string name) => !ReservedKeys.All.Contains(name);

    private static bool IsSame(SessionDocument one, SessionDocument other, string name) =>
        one.TryGetJson(name, out var left) && other.TryGetJson(name, out var right) && left.Span.SequenceEqual(right.Span);

    /// <summary>
    /// Returns the session after a record of <see cref="WithoutChanges"/> was stored, with another value of one key. Its cookie at rest is
    /// the earlier one, and its expiry was moved, unless the endpoint does not extend the session.
    /// </summary>
    public SessionState AfterStoringKey(SessionState session, SessionRecord record, bool isEnd) =>
        AfterStoring(session, record, isEnd) with
        {
            IsCookieAsRead = session.IsCookieAsRead,
            IsTouched = !session.KeepsExpiry,
            TouchedAt = _readTouch.Now(),
        };

    /// <summary>Returns the session with what another request stored in the meantime, and this request's changes applied to it.</summary>
    public SessionState Rebase(SessionState session, SessionChanges? changes, SessionState fresh)
    {
        var cookie = session.Cookie;
        if (HasCookieAtRest(session))
        {
            // This request only moved the expiry, so the other request's cookie is kept.
            cookie = fresh.Cookie;
            if (!session.KeepsExpiry)
            {
                cookie.Touch();
            }
        }

        changes?.Apply(session.Document, fresh.Document);
        SessionLifetimes.KeepEarlierBeginning(session.Document, fresh.Document);
        return session.RebasedOn(fresh, cookie);
    }

    /// <summary>
    /// Whether the cookie without its expiry is the stored one, or the one under the id that the session has left with its data.
    /// </summary>
    public bool HasCookieAtRest(SessionState session)
    {
        var json = session is { AtRest: not null, IsCookieAsRead: true } ? session.Document.CookieJson : OpenAtRest(session)?.CookieJson;
        return json is { } cookie && CookieSettings.Of(_format.CookieOf(cookie.Span)) == CookieSettings.Of(session.Cookie);
    }

    /// <summary>
    /// Returns the content that is known to be stored, or was stored before the session left its id with its data; <see langword="null"/>
    /// if it was not stored.
    /// </summary>
    private SessionDocument? OpenAtRest(SessionState session) =>
        session.AtRest is { } known ? _format.Open(session.StoreKey, known)
        : session.Left is { } left ? _format.Open(left.StoreKey, left.Record)
        : null;

    private SessionRecord ToRecord(SessionState session, string key)
    {
        CheckWrite(session);
        _tombstones.KeepApart(session.StoreKey, session.Document);
        var end = KeepWithinEnd(session);
        return _format.ToRecord(
            key,
            session.Document,
            session.Cookie,
            _lifetimes.ExpiryOf(session.Cookie, end, session.KeepsExpiry ? session.AtRest?.Expires : null)
        );
    }

    private bool IsTouchedRecently(SessionState session) =>
        session.AtRest is { } known
        && (
            (session.IsTouched && _readTouch.IsRecent(session.TouchedAt, session.Cookie))
            || _lifetimes.IsFresh(session.Cookie, known.Expires)
        )
        && HasCookieAtRest(session);
}
