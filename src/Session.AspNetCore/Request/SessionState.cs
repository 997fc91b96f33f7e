using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// What a request knows of its session. No member is ever set again: storing, renewing and reloading the session replace the state by
/// another. The document and the cookie are the request's working copies; the application changes what is in them.
/// </summary>
/// <param name="Sid">The session id.</param>
/// <param name="StoreKey">The name under which the store keeps the session. It may be a hash of the id.</param>
/// <param name="Document">The keys and values.</param>
/// <param name="Cookie">The session's cookie.</param>
internal sealed record SessionState(string Sid, string StoreKey, SessionDocument Document, SessionCookie Cookie)
{
    /// <summary>Whether this request created the session or gave it a new id. Otherwise it was read from the store.</summary>
    public bool IsNew { get; init; }

    /// <summary>
    /// The record that is known to be stored under <see cref="StoreKey"/>; <see langword="null"/> if the session is not stored.
    /// </summary>
    public SessionRecord? AtRest { get; init; }

    /// <summary>
    /// The records that this request sent to be stored and got no result for, the latest first; the store may hold one of them. Only of a
    /// session that is not known to be stored.
    /// </summary>
    public IReadOnlyList<SessionRecord> Unconfirmed { get; init; } = [];

    /// <summary>Whether the read touched the session, and the stored record has not changed since.</summary>
    public bool IsTouchedByRead { get; init; }

    /// <summary>The timestamp of the read that touched the session: <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long ReadAt { get; init; }

    /// <summary>Whether the stored cookie is the one that was read with the document. Otherwise this request stored the session.</summary>
    public bool IsCookieAsRead { get; init; }

    /// <summary>Whether the expiry stays as it is, because the endpoint does not extend the session.</summary>
    public bool KeepsExpiry { get; init; }

    /// <summary>
    /// The record under the id that the session has left with its data, until it is stored under the new id.
    /// </summary>
    public LeftRecord? Left { get; init; }

    /// <summary>Returns the state after the session was stored, or was found to be over.</summary>
    public SessionState StoredAs(SessionRecord? record) =>
        this with
        {
            AtRest = record,
            Unconfirmed = [],
            IsTouchedByRead = false,
            IsCookieAsRead = false,
        };

    /// <summary>Returns the state after the session has left its id with its data.</summary>
    public SessionState RenewedAs(string sid, string storeKey, SessionRecord? atRest) =>
        this with
        {
            Sid = sid,
            StoreKey = storeKey,
            IsNew = true,
            Left = AtRest is { } left ? new LeftRecord(StoreKey, left) : Left,
            AtRest = atRest,
            Unconfirmed = [],
            IsTouchedByRead = false,
            IsCookieAsRead = false,
            KeepsExpiry = false,
        };

    /// <summary>Returns the state with the content that another request has stored.</summary>
    public SessionState RebasedOn(SessionState fresh, SessionCookie cookie) =>
        this with
        {
            Document = fresh.Document,
            Cookie = cookie,
            AtRest = fresh.AtRest,
            IsCookieAsRead = fresh.IsCookieAsRead,
        };
}

/// <summary>A record under an id that its session has left, with the store key of that id.</summary>
internal sealed record LeftRecord(string StoreKey, SessionRecord Record);
