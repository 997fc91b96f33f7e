using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>The options of server sessions. They are express-session's; each comment says if its default differs.</summary>
/// <remarks>
/// Read and validated when the application starts. Only <see cref="Secret"/>, <see cref="PreviousSecrets"/> and the keys of
/// <see cref="Protection"/> are read again when the configuration reloads; a change of any other option takes effect at the next start.
/// docs/lifetimes.md lists every duration and limit.
/// </remarks>
public sealed partial class ServerSessionOptions
{
    /// <summary>
    /// Gets or sets the secret that signs session ids. Required. Use at least 32 random bytes as text, such as the output of <c>openssl
    /// rand -base64 32</c>, known only to the servers that share the sessions.
    /// </summary>
    /// <remarks>
    /// Applications with the same secret and the same place in a backend share their sessions, also if their cookie names differ. A user
    /// who is signed in to one is signed in to the other. Give each application its own secret, or its own prefix, table or folder.
    /// <para>
    /// Read again when the configuration reloads: the next request uses the new value, requests in progress keep the old one. A value that
    /// would prevent the start is refused and logged (event <c>SecretsRefused</c>); the former one stays in use.
    /// </para>
    /// </remarks>
    /// <value>The default is <see langword="null"/>, with which the application does not start.</value>
    public string? Secret { get; set; }

    /// <summary>
    /// The former secrets. A cookie signed with one of them is still accepted, and is signed with <see cref="Secret"/> when it is sent
    /// again. Read again together with <see cref="Secret"/> when the configuration reloads.
    /// </summary>
    /// <remarks>
    /// To rotate, move the secret here and set a new one. Remove the old one once the cookies signed with it have expired. If several
    /// instances share the sessions, first list the new secret here on every instance, before any of them signs with it. An instance
    /// ignores cookies that are signed with a secret that it does not list.
    /// </remarks>
    /// <value>The default is empty.</value>
    public IList<string> PreviousSecrets { get; } = [];

    /// <summary>
    /// Whether only the first cookie with the session's name is considered, signed or not, as in express-session. A cookie that a sibling
    /// domain has planted then locks the user out. Otherwise the first one with a valid signature is used, of eight at most.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool FirstCookieOnly { get; set; }

    /// <summary>
    /// Whether cookies must obey the rules by which browsers drop them: <c>Secure</c> with <c>SameSite=None</c>, <c>Partitioned</c> and
    /// name prefixes, the lengths of attributes, and a lifetime of 400 days at most. Without it, as in express-session, such a cookie is
    /// sent and the browser has no session.
    /// </summary>
    /// <remarks>
    /// The options are checked at start, those of <see cref="CookiePerRequest"/> when a session is created. Attributes that a request has
    /// set (<see cref="ServerSession.Cookie"/>) are checked before the session is stored; a violation throws
    /// <see cref="SessionCookieException"/>.
    /// </remarks>
    /// <value>The default is <see langword="true"/>.</value>
    public bool EnforceCookieRules { get; set; } = true;

    /// <summary>Gets or sets the attributes and lifetime of the cookies of new sessions.</summary>
    public SessionCookieOptions Cookie { get; set; } = new();

    /// <summary>
    /// Gets or sets a function that returns the cookie's attributes and lifetime for a request. Overrides <see cref="Cookie"/>. Called once
    /// per request, and once more for each session that the request creates.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<HttpContext, SessionCookieOptions>? CookiePerRequest { get; set; }

    /// <summary>
    /// Gets or sets a function that returns the id of a new session (express: <c>genid</c>). Ids must be unguessable and unique. Called for
    /// every request that starts without a session, whether or not the session is used.
    /// </summary>
    /// <value>The default is <see langword="null"/>: 24 bytes of the system's random generator as base64url, 32 characters.</value>
    public Func<HttpContext, string>? GenerateSid { get; set; }

    /// <summary>
    /// Gets or sets how the middleware detects that a request came over https. <see cref="SessionCookieOptions.Secure"/> and
    /// <see cref="SessionCookieOptions.SameSiteAuto"/> depend on it.
    /// </summary>
    /// <value>The default is <see cref="SessionProxy.FromRequest"/>.</value>
    public SessionProxy Proxy { get; set; }

    /// <summary>
    /// Whether an unchanged session is written back completely at the end of each request. Needed only for a store that cannot touch.
    /// </summary>
    /// <value>The default is <see langword="false"/>, as express-session's documentation recommends; its own default is true.</value>
    public bool Resave { get; set; }

    /// <summary>Whether a new session is stored, and its cookie sent, if nothing was put into it.</summary>
    /// <value>The default is <see langword="false"/>, as express-session's documentation recommends; its own default is true.</value>
    public bool SaveUninitialized { get; set; }

    /// <summary>
    /// Whether the cookie is sent with every response, so that its expiry moves with each request. A new session must still be stored
    /// first.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Rolling { get; set; }

    /// <summary>
    /// Gets or sets what happens to the stored session if <c>HttpContext.UnsetServerSession()</c> detaches it from the request.
    /// </summary>
    /// <value>The default is <see cref="SessionUnset.Keep"/>.</value>
    public SessionUnset Unset { get; set; }

    /// <summary>
    /// Gets or sets the store. Overrides a store that is registered in the service container. The middleware does not dispose it.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the registered store, or a memory store if none is registered.</value>
    public ISessionStore? Store { get; set; }

    /// <summary>
    /// Gets or sets what happens if parallel requests change one session. Merging needs a store that is an
    /// <see cref="IConditionalSessionStore"/>.
    /// </summary>
    /// <value>The default is <see cref="SessionParallelWrites.Merge"/>.</value>
    public SessionParallelWrites ParallelWrites { get; set; }

    /// <summary>Gets or sets what happens to a request that needs its session while the store is disconnected.</summary>
    /// <value>The default is <see cref="SessionDisconnectedBehavior.Fail"/>; express-session continues without a session.</value>
    public SessionDisconnectedBehavior WhenDisconnected { get; set; }

    /// <summary>Gets or sets what happens to a request whose session cannot be read. An absent session is not a failure.</summary>
    /// <remarks>
    /// Each failure is logged and counted once, with backend and operation, for every value. While the store is disconnected, each request
    /// is counted, and logged at most once a minute. An exception of <see cref="CookiePerRequest"/> or <see cref="GenerateSid"/> is the
    /// application's: it is thrown for every value.
    /// </remarks>
    /// <value>
    /// The default is <see cref="SessionFailureBehavior.ServiceUnavailable"/>; express-session's is
    /// <see cref="SessionFailureBehavior.Throw"/>.
    /// </value>
    public SessionFailureBehavior WhenLoadFails { get; set; }

    /// <summary>Gets or sets what happens to a request whose session cannot be saved, touched, regenerated or destroyed.</summary>
    /// <remarks>
    /// Each failure is logged and counted once, for every value. Once the response has started, the exception is thrown and the connection
    /// is closed, unless the value is <see cref="SessionFailureBehavior.Continue"/>. A <see cref="SessionLimitException"/> or a
    /// <see cref="SessionCookieException"/> is the application's: it is thrown for every value, is not a failure of the store, and is not
    /// counted.
    /// </remarks>
    /// <value>
    /// The default is <see cref="SessionFailureBehavior.ServiceUnavailable"/>; express-session sends the response and passes the error on.
    /// </value>
    public SessionFailureBehavior WhenSaveFails { get; set; }

    /// <summary>
    /// Whether a session can get a new id (<see cref="ServerSession.RenewIdAsync"/>, <see cref="ServerSession.RenewForSignInAsync"/>,
    /// <see cref="ServerSession.RegenerateAsync"/>) after the response has started. The client never gets the cookie of the new id, so it
    /// loses the session. Only for compatibility with express-session.
    /// </summary>
    /// <value>The default is <see langword="false"/>: the call throws and the old id stays. In express-session the call succeeds.</value>
    public bool AllowNewIdAfterResponseStart { get; set; }

    /// <summary>
    /// Gets or sets the longest time that the middleware waits for one call of a store that does not bound its calls itself, such as one of
    /// your own. The call is then cancelled and fails with <see cref="SessionStoreUnavailableException"/>, also if the store does not honor
    /// cancellation. No effect on a store whose <see cref="ISessionStore.BoundsCalls"/> is <see langword="true"/>, as with the stores of
    /// this project: they have an option of the same name.
    /// </summary>
    /// <value>10 milliseconds to 10 minutes; <see cref="Timeout.InfiniteTimeSpan"/>: no limit. The default is 2.1 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2.1);

    /// <summary>
    /// Gets or sets how often expired sessions are removed from a store that implements <see cref="IPrunableSessionStore"/> and does not
    /// prune itself, such as one of your own. Each wait, including the first, varies from 0.5 to 1.5 times this value. No effect on the
    /// stores of this project, which have an option of the same name.
    /// </summary>
    /// <value>1 second to 30 days; <see cref="Timeout.InfiniteTimeSpan"/>: never. The default is 15 minutes.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Gets or sets how many expired sessions one call of <see cref="IPrunableSessionStore.PruneAsync"/> removes at most. After a full
    /// batch, the next one waits for as long as the batch took. See <see cref="PruneInterval"/>.
    /// </summary>
    /// <value>1 to 1000. The default is 100.</value>
    public int PruneBatch { get; set; } = 100;

    /// <summary>
    /// Gets or sets how long a session lives after the last request with its cookie, if the cookie has no expiry. The application need not
    /// use the session in that request. <see cref="SessionCookieOptions.MaxAge"/> overrides it.
    /// </summary>
    /// <value>
    /// 1 second to 400 days. The default is <see langword="null"/>: the store's default lifetime, or one day if
    /// <see cref="AbsoluteTimeout"/> is set.
    /// </value>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>
    /// Gets or sets how long a session lives at most, counted from its creation or from sign-in
    /// (<see cref="ServerSession.RenewForSignInAsync"/>). Use and renewal of the id do not extend it. No touch, save or cookie exceeds it.
    /// </summary>
    /// <remarks>
    /// The start is kept in the session as the member <c>__created</c>, which is then not a key of the session. Node keeps this member and
    /// ignores it. If a session has no such member, because Node made it or because it is older than this setting, the time counts from its
    /// first request here.
    /// </remarks>
    /// <value>1 second to 400 days. The default is <see langword="null"/>: no limit.</value>
    public TimeSpan? AbsoluteTimeout { get; set; }

    /// <summary>
    /// Gets or sets the share of a session's lifetime for which touches are skipped. A request that only reads the session does not touch
    /// it if its expiry was moved less than this share of the lifetime ago. The session can then end earlier by up to that share.
    /// </summary>
    /// <remarks>
    /// No effect if the lifetime is the store's own default. No effect on a request that sends the cookie of a session that it only read:
    /// the touch then checks whether the session still exists.
    /// </remarks>
    /// <value>0 up to, not including, 1. The default is 0: every request with its cookie touches it, as in express-session.</value>
    public double TouchThrottle { get; set; }

    /// <summary>
    /// Gets or sets whether reading a session also touches it, in one round trip. No second touch follows if the request is committed
    /// within one second (or 1 % of the lifetime, if shorter). The lifetime then counts from the read.
    /// </summary>
    /// <remarks>
    /// No effect on sessions whose lifetime differs from the options for new sessions. No effect on requests that send the cookie of a
    /// session that they only read (<see cref="Rolling"/>). No effect together with <see cref="Resave"/>, <see cref="AbsoluteTimeout"/>,
    /// <see cref="TouchThrottle"/> or <see cref="SessionCookieOptions.Expires"/>.
    /// </remarks>
    /// <value>The default is <see cref="SessionTouchOnRead.WhereCheap"/>.</value>
    public SessionTouchOnRead TouchOnRead { get; set; }

    /// <summary>
    /// Whether the browser is told to drop its cookie when the session is destroyed. The response then has an expired cookie with the same
    /// name, domain, path and flags.
    /// </summary>
    /// <value>The default is <see langword="true"/>; express-session leaves the cookie.</value>
    public bool ClearCookieOnDestroy { get; set; } = true;

    /// <summary>
    /// Whether the session's cookie is omitted if the response has another <c>Set-Cookie</c> of its name. Such a cookie comes from the
    /// application, or from a server behind this one that has begun, renewed or ended the session. Otherwise both are sent, the session's
    /// last. Browsers keep the last one, so a sign-in behind a proxy can be lost.
    /// </summary>
    /// <value>The default is <see langword="true"/>; express-session sends both.</value>
    public bool YieldToForeignCookie { get; set; } = true;

    /// <summary>
    /// Whether the cookie of a session is renewed if the touch reports that the session is gone (destroyed or expired during the request).
    /// The browser then keeps an id without a session. Only for compatibility with express-session.
    /// </summary>
    /// <value>The default is <see langword="false"/>; express-session sends the cookie.</value>
    public bool RenewCookieOfGoneSession { get; set; }

    /// <summary>
    /// Whether <c>__created</c>, <c>__moved</c>, <c>__tickets</c>, <c>__login</c>, <c>__carry</c>, <c>__import</c> and
    /// <c>__lastAccess</c> are ordinary keys, as in express-session. Otherwise <c>Set</c> and <c>Remove</c> refuse them with
    /// <see cref="ArgumentException"/>, and <c>__moved</c> and <c>__tickets</c> are not keys.
    /// </summary>
    /// <remarks>
    /// The file store always keeps its own value under <c>__lastAccess</c> and drops the session's. With this option, the tombstone that a
    /// renewal leaves under the old id is recognized by its seal alone. An instance without the secret that sealed it then reads it as an
    /// anonymous session, as Node does.
    /// </remarks>
    /// <value>
    /// The default is <see langword="false"/>. Must not be combined with <see cref="AbsoluteTimeout"/>: the application could move the end
    /// by setting <c>__created</c>. Must not be combined with <c>KeepTicketsInServerSession()</c>.
    /// </value>
    public bool AllowReservedKeys { get; set; }

    /// <summary>
    /// Gets or sets the site data that the browser is asked to remove when the session is destroyed, with the header
    /// <c>Clear-Site-Data</c>. In configuration: <c>"Cache, Storage"</c>.
    /// </summary>
    /// <remarks>
    /// Sent over https only, because browsers otherwise ignore it, and only to a browser that sent the session's cookie. It affects the
    /// whole origin, <see cref="SessionSiteData.Cookies"/> the registrable domain: other applications there lose their data as well.
    /// </remarks>
    /// <value>The default is <see cref="SessionSiteData.None"/>: the header is not sent, as in express-session.</value>
    public SessionSiteData ClearSiteDataOnDestroy { get; set; }

    /// <summary>
    /// Gets or sets how a response is kept out of caches. It applies if the response has the session cookie, or if the application asked
    /// for the session. Output caching and response caching skip it, <c>Vary</c> gets <c>Cookie</c>, and <c>Cache-Control</c> gets what the
    /// value says. It is never weaker than what the application set.
    /// </summary>
    /// <remarks>
    /// These count as asking: <c>GetServerSession()</c>, <c>FindServerSession()</c>, a <see cref="ServerSession"/> parameter, and reading
    /// the id of an existing session. A request that only sends its cookie does not change the response.
    /// </remarks>
    /// <value>The default is <see cref="SessionCacheProtection.Private"/>; express-session adds nothing.</value>
    public SessionCacheProtection CacheProtection { get; set; }

    /// <summary>Gets or sets the protection of sessions at rest: hashed ids, encrypted payloads.</summary>
    /// <value>By default neither is on.</value>
    public SessionProtectionOptions Protection { get; set; } = new();

    /// <summary>
    /// Gets or sets the most bytes that the keys and values of one session have as JSON in UTF-8, without its cookie and without
    /// encryption. <c>Set</c> refuses a value that is larger by itself. Saving refuses a session that has grown past the limit. Both throw
    /// <see cref="SessionLimitException"/> before anything is stored.
    /// </summary>
    /// <remarks>
    /// A session that already exceeds the limit, such as one that Node wrote, can be read, touched, destroyed, and saved as long as it does
    /// not grow.
    /// </remarks>
    /// <value>1 024 or more. The default is 1 048 576, 1 MiB; express-session has no limit.</value>
    public int MaxSessionBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// Gets or sets the most keys of one session. <c>Set</c> refuses another key with <see cref="SessionLimitException"/>. Saving refuses a
    /// session to which parallel requests have added too many. A session that already has more, such as one that Node wrote, keeps them.
    /// </summary>
    /// <value>1 or more. The default is 512; express-session has no limit.</value>
    public int MaxKeys { get; set; } = 512;

    /// <summary>
    /// Gets or sets the longest new key in UTF-16 characters. <c>Set</c> refuses a longer one with <see cref="SessionLimitException"/>. A
    /// longer key that already exists is kept and can be set.
    /// </summary>
    /// <value>1 or more. The default is 256; express-session has no limit.</value>
    public int MaxKeyLength { get; set; } = 256;

    /// <summary>
    /// Gets or sets how values are converted to JSON and back. Node can read the values as long as
    /// <see cref="JsonSerializerOptions.Encoder"/> stays <see cref="SessionJson.Encoder"/>.
    /// </summary>
    /// <value>The default is <see cref="JsonSerializerDefaults.Web"/> (camel case) with <see cref="SessionJson.Encoder"/>.</value>
    public JsonSerializerOptions SerializerOptions { get; set; } = new(JsonSerializerDefaults.Web) { Encoder = SessionJson.Encoder };

    /// <summary>
    /// The protector that encrypts payloads in place of <see cref="SessionProtectionOptions.Key"/>; see
    /// <c>EncryptPayloadWithDataProtection</c>.
    /// </summary>
    internal IPayloadProtector? PayloadProtector { get; set; }

    /// <summary>Whether warnings about secrets are errors; see <c>UseStrictDefaults</c>.</summary>
    internal bool IsStrict { get; set; }
}
