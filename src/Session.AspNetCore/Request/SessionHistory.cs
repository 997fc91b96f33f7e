using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The earlier states of a request's session that the commit compares it with: as the request found or created it, and as it was last
/// stored. A new id or a reload does not change the first.
/// </summary>
/// <param name="OriginalSid">The id of the session as the request found or created it.</param>
/// <param name="Original">The content then.</param>
/// <param name="WasFound">Whether the session was read from the store. Otherwise the request created it.</param>
/// <param name="Stored">The session as the request last stored it; <see langword="null"/> if it has not.</param>
/// <param name="Changes">The keys that the request has changed since the session was read or stored, if any.</param>
internal readonly record struct SessionHistory(
    string OriginalSid,
    SessionDocument Original,
    bool WasFound,
    LastStored? Stored = null,
    SessionChanges? Changes = null
)
{
    /// <summary>Returns the history of a session that the request has just found or created.</summary>
    public static SessionHistory Of(SessionState session) => new(session.Sid, session.Document.Clone(), !session.IsNew);
}

/// <summary>What stored the session last.</summary>
internal enum StoredBy
{
    /// <summary>An earlier request. This one has touched the session at most.</summary>
    Earlier,

    /// <summary>The application, by <see cref="ServerSession.SaveAsync"/>.</summary>
    Application,

    /// <summary>The application, one key by itself. The cookie at rest is the one from before.</summary>
    Key,

    /// <summary>The commit of this request.</summary>
    Commit,
}

/// <summary>A session as it was last stored, touched, or found to need neither.</summary>
/// <param name="By">What stored it.</param>
/// <param name="IsCommitted">Whether the commit has done with this state all that it must.</param>
/// <param name="IsGone">Whether a touch found that the store no longer has the session. It gets no cookie.</param>
/// <param name="State">The state, of which only the document and the cookie may have changed since.</param>
/// <param name="Document">The content then.</param>
/// <param name="Cookie">The cookie then.</param>
internal sealed record LastStored(
    StoredBy By,
    bool IsCommitted,
    bool IsGone,
    SessionState State,
    SessionDocument Document,
    CookieState Cookie
)
{
    /// <param name="session">The session.</param>
    /// <param name="by">What stored it.</param>
    /// <param name="isCommitted">Whether the commit has done with this state all that it must.</param>
    /// <param name="isGone">Whether the store no longer has the session.</param>
    /// <param name="earlier">An earlier copy of the content, which is kept if nothing has changed since.</param>
    public static LastStored Of(SessionState session, StoredBy by, bool isCommitted, bool isGone, SessionDocument earlier) =>
        new(
            by,
            isCommitted,
            isGone,
            session,
            earlier.ContentEquals(session.Document) ? earlier : session.Document.Clone(),
            CookieState.Of(session.Cookie)
        );

    /// <summary>Whether the commit has dealt with the session as it is now.</summary>
    public bool IsCommittedAs(SessionState session) =>
        IsCommitted
        && State.Sid == session.Sid
        && ReferenceEquals(State.AtRest, session.AtRest)
        && Document.ContentEquals(session.Document)
        && Cookie == CookieState.Of(session.Cookie);
}
