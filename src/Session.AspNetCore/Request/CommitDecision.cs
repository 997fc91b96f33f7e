namespace ServerSessions;

/// <summary>What the commit does with the stored session.</summary>
internal enum StoreAction
{
    Nothing,
    Save,
    Touch,
    Destroy,
}

/// <summary>What the commit does with the browser's cookie.</summary>
internal enum CookieAction
{
    None,
    SetCookie,
    ClearCookie,
}

/// <summary>
/// What a commit must do. The rules are express-session's table of saveUninitialized, resave, rolling and unset. A pure function: the
/// unit test has the table.
/// </summary>
/// <param name="Store">What to do with the stored session.</param>
/// <param name="Cookie">What to do with the browser's cookie.</param>
/// <param name="IsRepeat">Whether an earlier commit of the request has dealt with the session as it is now.</param>
internal readonly record struct CommitDecision(StoreAction Store, CookieAction Cookie, bool IsRepeat = false)
{
    /// <summary>Decides what to do with a session.</summary>
    /// <param name="history">The session as the request found or created it, and as it was last stored.</param>
    /// <param name="now">The session as it is now; <see langword="null"/> if it was destroyed or detached.</param>
    /// <param name="at">The circumstances of the request.</param>
    /// <param name="options">The options.</param>
    public static CommitDecision Of(
        in SessionHistory history,
        SessionState? now,
        in CommitCircumstances at,
        ServerSessionOptions options
    )
    {
        if (now is null)
        {
            return OfEnded(at, options);
        }

        // express-session: whether the request came with the cookie of this session.
        var hasCookie = at.CookieSid == now.Sid;
        var isModified = history.OriginalSid != now.Sid || !history.Original.ContentEquals(now.Document);
        var cookie = SetsCookie(now, hasCookie, isModified, at, options) ? CookieAction.SetCookie : CookieAction.None;
        var isDue = cookie == CookieAction.SetCookie && at.CanSendCookie && !at.IsHeldBack;

        // A cookie that becomes Secure as it is sent is a change that no earlier commit has stored.
        var becomesSecure = isDue && at is { BecomesSecure: true, IsReadOnly: false };
        if (!becomesSecure && history.Stored?.IsCommittedAs(now) == true)
        {
            return new CommitDecision(StoreAction.Nothing, cookie, IsRepeat: true);
        }

        var store =
            at.IsReadOnly ? TouchOf(now, hasCookie, isDue, at)
            : becomesSecure || SavesCookie(history.Stored, now) || MustSave(history, now, hasCookie, isModified, options)
                ? StoreAction.Save
            : TouchOf(now, hasCookie, isDue, at);
        return new CommitDecision(store, cookie);
    }

    /// <summary>Whether the browser's cookie has no session any more, because this request has ended it.</summary>
    /// <param name="cookieSid">The id from the request's cookie.</param>
    /// <param name="absence">The reason why the request has no session.</param>
    /// <param name="options">The options.</param>
    public static bool IsCookieOver(string? cookieSid, SessionAbsence absence, ServerSessionOptions options) =>
        cookieSid is not null
        && (
            absence is SessionAbsence.Destroyed or SessionAbsence.SignedOut
            || (absence is SessionAbsence.Unset or SessionAbsence.UnsetAndDestroyed && options.Unset == SessionUnset.Destroy)
        );

    private static CommitDecision OfEnded(in CommitCircumstances at, ServerSessionOptions options) =>
        new(
            at.Absence == SessionAbsence.Unset && options.Unset == SessionUnset.Destroy ? StoreAction.Destroy : StoreAction.Nothing,
            options.ClearCookieOnDestroy && IsCookieOver(at.CookieSid, at.Absence, options) ? CookieAction.ClearCookie : CookieAction.None
        );

    /// <summary>
    /// A browser that has the cookie gets it again only with another expiry. A browser without it gets none if nothing is stored.
    /// </summary>
    private static bool SetsCookie(
        SessionState now,
        bool hasCookie,
        bool isModified,
        in CommitCircumstances at,
        ServerSessionOptions options
    ) =>
        hasCookie
            ? !now.KeepsExpiry && (options.Rolling || (now.Cookie.HasExpires && isModified && !at.IsReadOnly))
            : (!at.IsReadOnly || now.AtRest is not null) && (options.SaveUninitialized || isModified);

    /// <summary>Touches a session whose cookie the request came with, unless the endpoint does not extend it.</summary>
    private static StoreAction TouchOf(SessionState now, bool hasCookie, bool isDue, in CommitCircumstances at) =>
        hasCookie
        && !now.KeepsExpiry
        && at.CanTouch
        && !(at.IsReadOnly && now.AtRest is null)
        // A session that is gone gets no cookie. So if a cookie is due, the touch is not skipped.
        && (isDue || !at.IsFresh(now))
            ? StoreAction.Touch
            : StoreAction.Nothing;

    /// <summary>
    /// Whether a change of the cookie alone is saved. It is after an earlier commit has saved the session, and if a key was stored by
    /// itself, which would have been stored together with the cookie otherwise. After <c>SaveAsync</c> it is not, as in express-session.
    /// </summary>
    private static bool SavesCookie(LastStored? stored, SessionState now) =>
        stored?.By == StoredBy.Commit
        || (stored?.By == StoredBy.Key && stored.Cookie.Settings != CookieSettings.Of(now.Cookie));

    private static bool MustSave(
        in SessionHistory history,
        SessionState now,
        bool hasCookie,
        bool isModified,
        ServerSessionOptions options
    )
    {
        var stored = history.Stored?.Document ?? (history.WasFound && (!options.Resave || now.KeepsExpiry) ? history.Original : null);
        return stored is null
            ? options.SaveUninitialized || hasCookie || isModified
            : history.OriginalSid != now.Sid || !stored.ContentEquals(now.Document);
    }
}

/// <summary>What a commit decision depends on besides the session's states and the options.</summary>
internal readonly record struct CommitCircumstances
{
    /// <summary>The reason why the request has no session any more.</summary>
    public SessionAbsence Absence { get; init; }

    /// <summary>The id from the request's cookie, whether or not the store has it; <see langword="null"/> without a valid cookie.</summary>
    public string? CookieSid { get; init; }

    /// <summary>Whether the response headers can still get a cookie.</summary>
    public bool CanSendCookie { get; init; }

    /// <summary>Whether the cookie is Secure, and the request did not come over https.</summary>
    public bool IsHeldBack { get; init; }

    /// <summary>Whether the cookie becomes Secure if it is sent with this response.</summary>
    public bool BecomesSecure { get; init; }

    /// <summary>Whether nothing may be stored, because the endpoint can only read the session.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether the store can touch.</summary>
    public bool CanTouch { get; init; }

    /// <summary>
    /// Whether the touch of a session can be skipped, because its expiry was moved a short time ago. Called only if it decides.
    /// </summary>
    public required Func<SessionState, bool> IsFresh { get; init; }
}
