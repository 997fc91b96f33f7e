using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>The log messages of the middleware. No message has a session id, a cookie, a secret or a payload.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1,
        LogLevel.Warning,
        "The session cookie was not sent: it is Secure and the request came over plain http. The session is stored. "
            + "Use https, configure forwarded headers behind a proxy, or set Cookie.Secure to Auto.",
        EventName = "SecureCookieOverHttp"
    )]
    public static partial void SecureCookieOverHttp(ILogger logger);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "The changes of a request to its session were dropped: the session was destroyed or has expired in the meantime.",
        EventName = "ChangesDropped"
    )]
    public static partial void ChangesDropped(ILogger logger);

    [LoggerMessage(
        3,
        LogLevel.Error,
        "The session of a request could not be read: the store {Backend} failed in {Operation}.",
        EventName = "LoadFailed"
    )]
    public static partial void LoadFailed(ILogger logger, string backend, string operation, Exception exception);

    [LoggerMessage(
        4,
        LogLevel.Error,
        "The session of a request could not be saved: the store {Backend} failed in {Operation}. The request's changes are not stored.",
        EventName = "CommitFailed"
    )]
    public static partial void CommitFailed(ILogger logger, string backend, string operation, Exception exception);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "The cookie of a new session was not sent: the first write to the session came after the response headers. The session is "
            + "stored, but the client never gets its cookie. Write to the session before the response body.",
        EventName = "CookieTooLate"
    )]
    public static partial void CookieTooLate(ILogger logger);

    [LoggerMessage(
        6,
        LogLevel.Warning,
        "Sessions are kept in memory: they end with the process and are not shared between processes. Register another store for "
            + "production.",
        EventName = "MemoryStoreInProduction"
    )]
    public static partial void MemoryStoreInProduction(ILogger logger);

    [LoggerMessage(
        7,
        LogLevel.Warning,
        "A session secret, Secret or one of PreviousSecrets, is shorter than 32 characters and may be guessed. Use the output of "
            + "`openssl rand -base64 32`.",
        EventName = "ShortSecret"
    )]
    public static partial void ShortSecret(ILogger logger);

    [LoggerMessage(
        8,
        LogLevel.Warning,
        "The session store cannot touch, Resave is off, and sessions have a lifetime: a session that is only read ends at its first "
            + "expiry. Implement ITouchableSessionStore in the store, or set Resave.",
        EventName = "StoreCannotTouch"
    )]
    public static partial void StoreCannotTouch(ILogger logger);

    [LoggerMessage(
        9,
        LogLevel.Warning,
        "The session store has no compare-and-set: if parallel requests change one session, the last one wins, and a destroyed session "
            + "can come back. Implement IConditionalSessionStore in the store.",
        EventName = "StoreCannotMerge"
    )]
    public static partial void StoreCannotMerge(ILogger logger);

    [LoggerMessage(
        10,
        LogLevel.Warning,
        "Stored sessions were refused: they are not encrypted, were encrypted with a key that is not in Protection.Key or "
            + "PreviousKeys, or belong to another id. Their requests start without a session. If a key was removed too early, add it to "
            + "Protection.PreviousKeys. Logged at most once a minute; the counter server_session.load.refused counts each of them.",
        EventName = "RecordRefused"
    )]
    public static partial void RecordRefused(ILogger logger);

    [LoggerMessage(
        11,
        LogLevel.Error,
        "A session operation of the application (save, reload, regenerate, destroy) failed: the store {Backend} failed in {Operation}. "
            + "The request ends with an error.",
        EventName = "OperationFailed"
    )]
    public static partial void OperationFailed(ILogger logger, string backend, string operation, Exception exception);

    [LoggerMessage(
        12,
        LogLevel.Warning,
        "A request could not reload its session or give it a new id: the session is gone. Another request ended it or gave it a new id "
            + "in the meantime. The response status is 409.",
        EventName = "SessionGone"
    )]
    public static partial void SessionGone(ILogger logger);

    [LoggerMessage(
        13,
        LogLevel.Warning,
        "A request came with two session cookies, both with a valid signature. The first one is used: the cookie with the longer path, or "
            + "the older one. A sibling domain can plant such a cookie; a cookie name that starts with __Host- prevents it. Logged at "
            + "most once a minute.",
        EventName = "TwoSessionCookies"
    )]
    public static partial void TwoSessionCookies(ILogger logger);

    [LoggerMessage(
        14,
        LogLevel.Warning,
        "A session secret, Secret or one of PreviousSecrets, can be guessed: it is a single repeated character or a sample from "
            + "documentation. Replace it with the output of `openssl rand -base64 32`.",
        EventName = "GuessableSecret"
    )]
    public static partial void GuessableSecret(ILogger logger);

    [LoggerMessage(
        15,
        LogLevel.Warning,
        "A session secret is listed twice among Secret and PreviousSecrets: the rotation changed nothing. Set Secret to the output of "
            + "`openssl rand -base64 32`.",
        EventName = "RepeatedSecret"
    )]
    public static partial void RepeatedSecret(ILogger logger);

    [LoggerMessage(
        20,
        LogLevel.Error,
        "Requests with a session fail: the store {Backend} is disconnected, so {Operation} was not tried. Logged at most once a minute; "
            + "the counter server_session.store.failures counts each of them.",
        EventName = "StoreDisconnected"
    )]
    public static partial void StoreDisconnected(ILogger logger, string backend, string operation);

    [LoggerMessage(
        21,
        LogLevel.Error,
        "The session of a request could not be touched: the store {Backend} failed in {Operation}. The request did not change the session; "
            + "its expiry may not have moved.",
        EventName = "TouchFailed"
    )]
    public static partial void TouchFailed(ILogger logger, string backend, string operation, Exception exception);

    [LoggerMessage(
        23,
        LogLevel.Error,
        "The session of a failed request was not stored: the options refuse what the application put into the session or its cookie. "
            + "The exception has the rule.",
        EventName = "SessionRefused"
    )]
    public static partial void SessionRefused(ILogger logger, Exception exception);

    [LoggerMessage(
        22,
        LogLevel.Error,
        "A session that the application detached from its request could not be removed: the store {Backend} failed in {Operation}. The "
            + "stored session may still exist.",
        EventName = "DestroyFailed"
    )]
    public static partial void DestroyFailed(ILogger logger, string backend, string operation, Exception exception);

    [LoggerMessage(
        30,
        LogLevel.Warning,
        "An authentication ticket of the scheme {Scheme} was not prolonged: the store {Backend} failed. The ticket keeps its expiry, and "
            + "the next request prolongs it.",
        EventName = "TicketNotProlonged"
    )]
    public static partial void TicketNotProlonged(ILogger logger, string backend, string scheme, Exception exception);

    [LoggerMessage(
        24,
        LogLevel.Information,
        "The session secrets were reloaded: {Secrets} secrets and {PayloadKeys} payload keys are listed. The next request uses them.",
        EventName = "SecretsReloaded"
    )]
    public static partial void SecretsReloaded(ILogger logger, int secrets, int payloadKeys);

    [LoggerMessage(
        25,
        LogLevel.Error,
        "The reloaded session secrets or payload keys were refused: the former ones stay in use. {Reason}",
        EventName = "SecretsRefused"
    )]
    public static partial void SecretsRefused(ILogger logger, string reason);

    [LoggerMessage(
        43,
        LogLevel.Warning,
        "A request from another site was refused or got no session: its header {Header} says so. If that site is yours, list its origin in "
            + "TrustedOrigins, or allow the request with CrossSiteServerSession or AllowCrossSite. If the header is Origin and a proxy "
            + "changes the host, let UseForwardedHeaders restore it. Logged at most once a minute; the counter "
            + "server_session.cross_site.refused counts each of them.",
        EventName = "CrossSiteRefused"
    )]
    public static partial void CrossSiteRefused(ILogger logger, string header);

    [LoggerMessage(
        26,
        LogLevel.Warning,
        "EncryptPayloadWithDataProtection uses Microsoft.AspNetCore.DataProtection {Version}. Packages from 10.0.0 to 10.0.6 accept "
            + "forged payloads (CVE-2026-40372). Use the package or the runtime 10.0.7 or later, and then revoke the keys that were "
            + "used until now.",
        EventName = "DataProtectionAcceptsForgeries"
    )]
    public static partial void DataProtectionAcceptsForgeries(ILogger logger, string version);

    [LoggerMessage(
        46,
        LogLevel.Warning,
        "It could not be checked whether the sessions of open connections have ended: the store {Backend} failed. The connections stay "
            + "open, and the next check tries again.",
        EventName = "ConnectionCheckFailed"
    )]
    public static partial void ConnectionCheckFailed(ILogger logger, string backend, Exception exception);

    [LoggerMessage(
        47,
        LogLevel.Debug,
        "Connections were closed, because their session has ended: {Count}.",
        EventName = "ConnectionsClosed"
    )]
    public static partial void ConnectionsClosed(ILogger logger, int count);

    [LoggerMessage(
        48,
        LogLevel.Error,
        "A connection could not be closed after its session has ended. The exception has the cause.",
        EventName = "ConnectionNotClosed"
    )]
    public static partial void ConnectionNotClosed(ILogger logger, Exception exception);

    [LoggerMessage(
        40,
        LogLevel.Error,
        "An ASP.NET Core session could not be imported. Its entry is as before, and the next request tries again. The exception has the "
            + "cause.",
        EventName = "ImportFailed"
    )]
    public static partial void ImportFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        81,
        LogLevel.Warning,
        "The list of a user's sessions could not be written in {Backend}, so that its life was not extended. The session is used all the "
            + "same, and its next request tries again. Logged at most once a minute. The exception has the cause.",
        EventName = "UserIndexNotExtended"
    )]
    public static partial void UserIndexNotExtended(ILogger logger, string backend, Exception exception);

    [LoggerMessage(
        82,
        LogLevel.Warning,
        "A session whose user the option Subject names could not be put into the user's list in {Backend}. The session is used all the "
            + "same, and its next request tries again. Logged at most once a minute. The exception has the cause.",
        EventName = "UserSessionNotListed"
    )]
    public static partial void UserSessionNotListed(ILogger logger, string backend, Exception exception);

    [LoggerMessage(
        83,
        LogLevel.Error,
        "A session of a user could not be ended, and may still be live ({Backend}). It is ended by the next call that lists or ends "
            + "sessions of the user, or signs the user in. The exception has the cause.",
        EventName = "UserSessionNotEnded"
    )]
    public static partial void UserSessionNotEnded(ILogger logger, string backend, Exception exception);

    [LoggerMessage(
        84,
        LogLevel.Warning,
        "The store of the lists of users' sessions ({Backend}) cannot be reached at the start. The first sign-in tries again. The "
            + "exception has the cause.",
        EventName = "UserIndexOpenedLater"
    )]
    public static partial void UserIndexOpenedLater(ILogger logger, string backend, Exception exception);

    [LoggerMessage(
        50,
        LogLevel.Error,
        "The handler {Handler} of session events threw an exception. The request continues. Logged at most once a minute; the counter "
            + "server_session.events.failed counts each of them.",
        EventName = "EventHandlerFailed"
    )]
    public static partial void EventHandlerFailed(ILogger logger, string handler, Exception exception);

    [LoggerMessage(
        51,
        LogLevel.Warning,
        "Session events were dropped: the queue of the handler {Handler} is full. Make the handler faster, or raise the capacity of "
            + "AddQueuedEvents. Logged at most once a minute; the counter server_session.events.dropped counts each of them.",
        EventName = "EventDropped"
    )]
    public static partial void EventDropped(ILogger logger, string handler);

    [LoggerMessage(
        52,
        LogLevel.Error,
        "The health check of the session store {Backend} failed: {Reason}. Logged once for each change of the status.",
        EventName = "HealthProbeFailed"
    )]
    public static partial void HealthProbeFailed(ILogger logger, string backend, string reason, Exception exception);

    [LoggerMessage(
        53,
        LogLevel.Warning,
        "The sessions of the store {Backend} could not be counted. The gauge server_session.count has no value until the next count.",
        EventName = "CountFailed"
    )]
    public static partial void CountFailed(ILogger logger, string backend, Exception exception);

    [LoggerMessage(
        54,
        LogLevel.Warning,
        "The session store {Backend} cannot count its sessions, so the gauge server_session.count has no value. Remove AddSessionCount.",
        EventName = "CannotCount"
    )]
    public static partial void CannotCount(ILogger logger, string backend);

    [LoggerMessage(
        90,
        LogLevel.Error,
        "A user's sessions could not be listed or ended for the user: the store {Backend} failed. The response is 503. The exception has "
            + "the cause.",
        EventName = "UserSessionsUnavailable"
    )]
    public static partial void UserSessionsUnavailable(ILogger logger, string backend, Exception exception);
}
