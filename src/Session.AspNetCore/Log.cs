using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>What the middleware logs. No message carries a session id, a cookie, a secret or a payload.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1,
        LogLevel.Warning,
        "The session cookie is marked Secure and the request came over plain http: the session is stored, its cookie is not sent. "
            + "Serve the application over https, configure forwarded headers behind a proxy, or set Cookie.Secure to Auto.",
        EventName = "SecureCookieOverHttp"
    )]
    public static partial void SecureCookieOverHttp(ILogger logger);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "The changes of this request to its session were dropped: the session was destroyed or has expired meanwhile.",
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
        "The session of a request could not be saved: the store {Backend} failed in {Operation}. What the request changed is not stored.",
        EventName = "CommitFailed"
    )]
    public static partial void CommitFailed(ILogger logger, string backend, string operation, Exception exception);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "A new session was first written to after the response headers had been sent: it is stored, but the client will never get its "
            + "cookie. Write to the session before the response body.",
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
        "The session store cannot compare and set: of parallel requests that change one session the last wins, and a destroyed session "
            + "can come back. Implement IConditionalSessionStore in the store.",
        EventName = "StoreCannotMerge"
    )]
    public static partial void StoreCannotMerge(ILogger logger);

    [LoggerMessage(
        10,
        LogLevel.Warning,
        "Stored sessions were refused: they are not encrypted, or not with a key of Protection.Key or PreviousKeys, or not for the id "
            + "that they were found under. Such requests start without a session. If a key was removed too early, add it to "
            + "Protection.PreviousKeys. Said at most once a minute; the counter server_session.load.refused has them all.",
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
        "A request wanted to reload its session, or to move its data to a new id, and the session was gone: another request has ended "
            + "it or moved it meanwhile. The request was answered with 409.",
        EventName = "SessionGone"
    )]
    public static partial void SessionGone(ILogger logger);

    [LoggerMessage(
        13,
        LogLevel.Warning,
        "A request came with the cookies of two sessions, both rightly signed. The first is used, the one for the longer path or of "
            + "the older cookie. A sibling domain can plant such a cookie; a name that starts with __Host- keeps it out. Logged at "
            + "most once a minute.",
        EventName = "TwoSessionCookies"
    )]
    public static partial void TwoSessionCookies(ILogger logger);

    [LoggerMessage(
        14,
        LogLevel.Warning,
        "A session secret, Secret or one of PreviousSecrets, can be guessed: it is a single repeated character or the sample of a "
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
        "Requests with a session fail: the store {Backend} is disconnected, so {Operation} is not tried. Logged at most once a minute; "
            + "the counter server_session.store.failures has every such request.",
        EventName = "StoreDisconnected"
    )]
    public static partial void StoreDisconnected(ILogger logger, string backend, string operation);

    [LoggerMessage(
        21,
        LogLevel.Error,
        "The session of a request could not be touched: the store {Backend} failed in {Operation}. The request changed nothing in it; "
            + "its expiry may not have moved.",
        EventName = "TouchFailed"
    )]
    public static partial void TouchFailed(ILogger logger, string backend, string operation, Exception exception);

    [LoggerMessage(
        23,
        LogLevel.Error,
        "The session of a request that had failed was not stored, since the options refuse what the application has put into it or "
            + "into its cookie.",
        EventName = "SessionRefused"
    )]
    public static partial void SessionRefused(ILogger logger, Exception exception);

    [LoggerMessage(
        22,
        LogLevel.Error,
        "A session that the application took off its request could not be removed: the store {Backend} failed in {Operation}. The "
            + "stored session may live on.",
        EventName = "DestroyFailed"
    )]
    public static partial void DestroyFailed(ILogger logger, string backend, string operation, Exception exception);

    [LoggerMessage(
        24,
        LogLevel.Information,
        "The session secrets were reloaded: {Secrets} secrets and {PayloadKeys} payload keys are listed, and the next request uses them.",
        EventName = "SecretsReloaded"
    )]
    public static partial void SecretsReloaded(ILogger logger, int secrets, int payloadKeys);

    [LoggerMessage(
        25,
        LogLevel.Error,
        "The configuration has reloaded, and its session secrets or payload keys are refused: the former ones stay in force. {Reason}",
        EventName = "SecretsRefused"
    )]
    public static partial void SecretsRefused(ILogger logger, string reason);

    [LoggerMessage(
        26,
        LogLevel.Warning,
        "EncryptPayloadWithDataProtection uses Microsoft.AspNetCore.DataProtection {Version}. Packages from 10.0.0 to 10.0.6 accept "
            + "forged payloads (CVE-2026-40372). Use the package or the runtime 10.0.7 or later, and then revoke the keys that were "
            + "used until now.",
        EventName = "DataProtectionAcceptsForgeries"
    )]
    public static partial void DataProtectionAcceptsForgeries(ILogger logger, string version);
}
