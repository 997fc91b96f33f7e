using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// How sessions behave. The options are express-session's; where a default differs from its own, the comment says so. Read and validated
/// when the application starts. <see cref="Secret"/> and <see cref="PreviousSecrets"/> alone are read again whenever the configuration
/// reloads; a change of any other option takes effect with the next start. Every duration and limit stands in docs/lifetimes.md.
/// </summary>
public sealed class ServerSessionOptions
{
    /// <summary>
    /// The secret that session ids are signed with. Required. At least 32 random bytes, written as text, as <c>openssl rand -base64 32</c>
    /// prints them, known to no one but the servers that share the sessions. Applications with the same secret and the same place in a
    /// backend share their sessions, whatever their cookies are called: who is signed in to one is signed in to the other. Give each
    /// application a secret, or a prefix, table or folder, of its own. Read again when the configuration reloads: the next request uses the
    /// new value, requests under way keep theirs. A value that would not start the application is refused and logged (event
    /// <c>SecretsRefused</c>), and the former one stays in force.
    /// </summary>
    /// <value>The default is <see langword="null"/>, with which the application does not start.</value>
    public string? Secret { get; set; }

    /// <summary>
    /// Former secrets: a cookie signed with one of them is still accepted, and signed anew with <see cref="Secret"/> whenever it is sent.
    /// To rotate, move the secret here, set a new one, and remove the old one once the cookies signed with it have expired. Where several
    /// instances share the sessions, list the new one here on each of them before any of them signs with it: an instance that does not know
    /// a secret takes its cookies for none. Read again together with <see cref="Secret"/> when the configuration reloads.
    /// </summary>
    /// <value>The default is empty.</value>
    public IList<string> PreviousSecrets { get; } = [];

    /// <summary>
    /// Whether of several cookies with the session's name the first alone is looked at, signed or not, as in express-session: a cookie that
    /// a sibling domain has planted then locks the user out. Otherwise the first with a right signature counts, of eight at most.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool FirstCookieOnly { get; set; }

    /// <summary>
    /// Whether cookies are held to the rules by which browsers drop them: <c>Secure</c> with <c>SameSite=None</c>, <c>Partitioned</c> and
    /// name prefixes, the lengths of attributes, a lifetime of 400 days at most. Checked for the options at start, for those of
    /// <see cref="CookiePerRequest"/> when a session is made, and for attributes that a request has set
    /// (<see cref="ServerSession.Cookie"/>) before the session is stored, with <see cref="SessionCookieException"/>. Without it, as in
    /// express-session, such a cookie is sent and the browser has no session.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool EnforceCookieRules { get; set; } = true;

    /// <summary>The attributes and lifetime of the cookies of new sessions.</summary>
    public SessionCookieOptions Cookie { get; set; } = new();

    /// <summary>
    /// Returns the cookie's attributes and lifetime for a request. If it is set, <see cref="Cookie"/> is not used. Called once a request,
    /// and once more for each session that is made in it.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<HttpContext, SessionCookieOptions>? CookiePerRequest { get; set; }

    /// <summary>
    /// Makes the id of a new session (express: <c>genid</c>). It must be unguessable and never the same twice. Where it is set it is called
    /// for every request that starts without a session, whether or not the session is used.
    /// </summary>
    /// <value>The default is <see langword="null"/>: 24 bytes of the system's random generator as base64url, 32 characters.</value>
    public Func<HttpContext, string>? GenerateSid { get; set; }

    /// <summary>
    /// How it is known whether a request came over https, on which <see cref="SessionCookieOptions.Secure"/> and
    /// <see cref="SessionCookieOptions.SameSiteAuto"/> depend.
    /// </summary>
    /// <value>The default is <see cref="SessionProxy.FromRequest"/>.</value>
    public SessionProxy Proxy { get; set; }

    /// <summary>
    /// Whether a session that no one changed is written back whole at the end of each request. Needed only with a store that cannot touch.
    /// </summary>
    /// <value>The default is <see langword="false"/>, as express-session's documentation recommends; its own default is true.</value>
    public bool Resave { get; set; }

    /// <summary>Whether a new session is stored, and its cookie sent, although nothing was put into it.</summary>
    /// <value>The default is <see langword="false"/>, as express-session's documentation recommends; its own default is true.</value>
    public bool SaveUninitialized { get; set; }

    /// <summary>
    /// Whether the cookie is sent with every response, so that its expiry moves along. A new session must still be stored first.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Rolling { get; set; }

    /// <summary>What becomes of the stored session when it is taken off the request with <c>HttpContext.UnsetServerSession()</c>.</summary>
    /// <value>The default is <see cref="SessionUnset.Keep"/>.</value>
    public SessionUnset Unset { get; set; }

    /// <summary>The store to use. Where it is set, one registered in the service container is not used; it is not disposed.</summary>
    /// <value>The default is <see langword="null"/>: the registered store, or a memory store where none is.</value>
    public ISessionStore? Store { get; set; }

    /// <summary>
    /// What happens when parallel requests change one session. Merging needs a store that is an <see cref="IConditionalSessionStore"/>.
    /// </summary>
    /// <value>The default is <see cref="SessionParallelWrites.Merge"/>.</value>
    public SessionParallelWrites ParallelWrites { get; set; }

    /// <summary>What happens to a request that needs its session while the store reports itself disconnected.</summary>
    /// <value>The default is <see cref="SessionDisconnectedBehavior.Fail"/>; express-session goes on without a session.</value>
    public SessionDisconnectedBehavior WhenDisconnected { get; set; }

    /// <summary>
    /// What happens to a request whose session cannot be read. It is logged and counted once in any case, with backend and operation; an
    /// absent session is no failure. While the store is disconnected, it is counted for each request and logged at most once a minute. An
    /// exception of <see cref="CookiePerRequest"/> or <see cref="GenerateSid"/> is the application's: it surfaces whatever this says.
    /// </summary>
    /// <value>
    /// The default is <see cref="SessionFailureBehavior.ServiceUnavailable"/>; express-session's is
    /// <see cref="SessionFailureBehavior.Throw"/>.
    /// </value>
    public SessionFailureBehavior WhenLoadFails { get; set; }

    /// <summary>
    /// What happens to a request whose session cannot be saved, touched, regenerated or destroyed. Logged and counted once in any case.
    /// Once the response has begun the exception surfaces whatever this says but <see cref="SessionFailureBehavior.Continue"/>, and the
    /// connection is closed. A <see cref="SessionLimitException"/> and a <see cref="SessionCookieException"/> are the application's: they
    /// surface whatever this says, are no failure of the store, and are not counted.
    /// </summary>
    /// <value>
    /// The default is <see cref="SessionFailureBehavior.ServiceUnavailable"/>; express-session sends the answer, and hands the error on.
    /// </value>
    public SessionFailureBehavior WhenSaveFails { get; set; }

    /// <summary>
    /// Whether a session can be given a new id (<see cref="ServerSession.RenewIdAsync"/>, <see cref="ServerSession.RenewForSignInAsync"/>,
    /// <see cref="ServerSession.RegenerateAsync"/>) after the response has started. The client never gets the cookie of the new id, so the
    /// session is lost to it. Only for the behavior of express-session.
    /// </summary>
    /// <value>The default is <see langword="false"/>: it throws before the old id is left. In express-session it works.</value>
    public bool AllowNewIdAfterResponseStart { get; set; }

    /// <summary>
    /// The longest that the middleware waits for one call of the store. After it the call is cancelled and counts as failed with
    /// <see cref="SessionStoreUnavailableException"/>, also where the store does not honour cancellation. A little more than the 2 seconds
    /// of the backends' own limits, so that theirs, which know more, speak first.
    /// </summary>
    /// <value>10 milliseconds to 10 minutes; <see cref="Timeout.InfiniteTimeSpan"/>: no limit. The default is 2.1 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2.1);

    /// <summary>
    /// How often expired sessions are removed from a store that implements <see cref="IPrunableSessionStore"/> and does not remove them by
    /// itself: one of your own. Each wait, the first one too, is varied between half and one and a half of it. Of no effect on the stores
    /// of this project, which have an option of that name themselves.
    /// </summary>
    /// <value>1 second to 30 days; <see cref="Timeout.InfiniteTimeSpan"/>: never. The default is 15 minutes.</value>
    public TimeSpan PruneInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How many expired sessions one call of <see cref="IPrunableSessionStore.PruneAsync"/> is asked to remove. After each batch that was
    /// full the next waits for as long as it took. See <see cref="PruneInterval"/>.
    /// </summary>
    /// <value>1 to 1000. The default is 100.</value>
    public int PruneBatch { get; set; } = 100;

    /// <summary>
    /// How long a session whose cookie has no expiry lives after the last request that used it. A session with
    /// <see cref="SessionCookieOptions.MaxAge"/> lives by that.
    /// </summary>
    /// <value>
    /// 1 second to 400 days. The default is <see langword="null"/>: the store's default lifetime, or one day where
    /// <see cref="AbsoluteTimeout"/> is set.
    /// </value>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>
    /// How long a session lives at most, counted from when it was made or its user signed in
    /// (<see cref="ServerSession.RenewForSignInAsync"/>), however often it is used and its id renewed. No touch and no save passes it, and
    /// none of its cookies does. The instant it was made is kept in the session as the member <c>__created</c>, which is then no key of the
    /// session; Node keeps it and does not heed it. A session that comes without it, from Node or from before this was set, is counted from
    /// its first request here.
    /// </summary>
    /// <value>1 second to 400 days. The default is <see langword="null"/>: no limit.</value>
    public TimeSpan? AbsoluteTimeout { get; set; }

    /// <summary>
    /// Spares touches: a session that a request only read is not touched while less than this share of its lifetime has passed since its
    /// expiry was moved last. It then ends up to that share earlier than its last request and its lifetime say. Of no effect where the
    /// lifetime is the store's own default, nor on a request that sends the cookie of a session it only read: the touch then tells whether
    /// the session is still there.
    /// </summary>
    /// <value>0 up to, not including, 1. The default is 0: every request that uses the session touches it, as in express-session.</value>
    public double TouchThrottle { get; set; }

    /// <summary>
    /// Whether a session is touched in the same round trip that reads it, and not once more when the request is committed within a second,
    /// or a hundredth of the lifetime where that is less: its life then counts from the read. Of no effect on sessions whose own lifetime
    /// differs from what the options give to new ones, on requests that send the cookie of a session they only read
    /// (<see cref="Rolling"/>), nor with <see cref="Resave"/>, <see cref="AbsoluteTimeout"/>, <see cref="TouchThrottle"/> or
    /// <see cref="SessionCookieOptions.Expires"/>.
    /// </summary>
    /// <value>The default is <see cref="SessionTouchOnRead.WhereCheap"/>.</value>
    public SessionTouchOnRead TouchOnRead { get; set; }

    /// <summary>
    /// Whether the browser is told to drop its cookie when the session is destroyed, by an expired one with the same name, domain, path
    /// and flags.
    /// </summary>
    /// <value>The default is <see langword="true"/>; express-session leaves the cookie.</value>
    public bool ClearCookieOnDestroy { get; set; } = true;

    /// <summary>
    /// Whether the session's cookie makes way for another <c>Set-Cookie</c> of its name that is in the response: of a server behind this
    /// one, which has just begun, renewed or ended the session, or of the application. Without it both are sent, the session's last, as in
    /// express-session: browsers keep the last one, so a sign-in behind a proxy can be lost.
    /// </summary>
    /// <value>The default is <see langword="true"/>; express-session sends both.</value>
    public bool YieldToForeignCookie { get; set; } = true;

    /// <summary>
    /// Whether the cookie of a session is renewed although the store says, when it is touched, that the session is gone: ended or expired
    /// during the request. The browser then keeps an id that opens nothing. Only for the behavior of express-session.
    /// </summary>
    /// <value>The default is <see langword="false"/>; express-session sends the cookie.</value>
    public bool RenewCookieOfGoneSession { get; set; }

    /// <summary>
    /// Whether <c>__created</c>, <c>__moved</c> and <c>__lastAccess</c> are keys like any other, as in express-session: they can be set,
    /// removed and read. Otherwise <c>Set</c> and <c>Remove</c> refuse them with <see cref="ArgumentException"/>, and <c>__moved</c> is no
    /// key. The store of files keeps its own value under <c>__lastAccess</c> in any case and drops the session's. What
    /// <see cref="ServerSession.RegenerateAsync"/> leaves under an old id is then known by its seal alone: an instance without the secret
    /// that sealed it takes it for an anonymous session, as Node does.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>. Must not be set together with <see cref="AbsoluteTimeout"/>: the application could move the
    /// end by setting <c>__created</c>.
    /// </value>
    public bool AllowReservedKeys { get; set; }

    /// <summary>
    /// The data of the site that the browser is asked to remove when the session is destroyed: the header <c>Clear-Site-Data</c>. Sent over
    /// https only, since browsers ignore it elsewhere, and only to a browser that came with the session's cookie. It is about the whole
    /// origin, <see cref="SessionSiteData.Cookies"/> about its registrable domain: other applications there lose theirs as well. In
    /// configuration: <c>"Cache, Storage"</c>.
    /// </summary>
    /// <value>The default is <see cref="SessionSiteData.None"/>: the header is not sent, as in express-session.</value>
    public SessionSiteData ClearSiteDataOnDestroy { get; set; }

    /// <summary>
    /// How a response is kept out of caches that carries the session cookie, or is made by an application that asked for the session in
    /// this request. Output caching and response caching pass it by, <c>Vary</c> gets <c>Cookie</c>, and <c>Cache-Control</c> is what the
    /// value says, never weaker than what the application set. Asking is <c>GetServerSession()</c>, <c>FindServerSession()</c>, a
    /// <see cref="ServerSession"/> parameter, and the id of a session that is there. A request that only brings its cookie leaves the
    /// response as it is.
    /// </summary>
    /// <value>The default is <see cref="SessionCacheProtection.Private"/>; express-session adds nothing.</value>
    public SessionCacheProtection CacheProtection { get; set; }

    /// <summary>What sessions look like at rest: hashed ids, encrypted payloads.</summary>
    /// <value>The default is neither.</value>
    public SessionProtectionOptions Protection { get; set; } = new();

    /// <summary>
    /// The most bytes that the keys and values of one session have as JSON in UTF-8, its cookie and encryption not counted. A value that is
    /// larger by itself is refused by <c>Set</c>, a session that has grown past it when it is saved, with
    /// <see cref="SessionLimitException"/>, before anything is stored. A session that is past it already, such as one that Node wrote, is
    /// read, touched, ended and saved, as long as it does not grow.
    /// </summary>
    /// <value>1 024 or more. The default is 1 048 576, 1 MiB; express-session has no limit.</value>
    public int MaxSessionBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The most keys that one session has. <c>Set</c> refuses another one with <see cref="SessionLimitException"/>, and so does the save of
    /// a session to which parallel requests have added too many. A session that has more already, such as one that Node wrote, keeps them.
    /// </summary>
    /// <value>1 or more. The default is 512; express-session has no limit.</value>
    public int MaxKeys { get; set; } = 512;

    /// <summary>
    /// The most characters (UTF-16) of a new key; <c>Set</c> refuses a longer one with <see cref="SessionLimitException"/>. One that is
    /// there is kept and can be set.
    /// </summary>
    /// <value>1 or more. The default is 256; express-session has no limit.</value>
    public int MaxKeyLength { get; set; } = 256;

    /// <summary>
    /// How values are turned into JSON and back. Node reads what it would have written itself as long as
    /// <see cref="JsonSerializerOptions.Encoder"/> stays <see cref="SessionJson.Encoder"/>.
    /// </summary>
    /// <value>The default is <see cref="JsonSerializerDefaults.Web"/> (camel case) with <see cref="SessionJson.Encoder"/>.</value>
    public JsonSerializerOptions SerializerOptions { get; set; } = new(JsonSerializerDefaults.Web) { Encoder = SessionJson.Encoder };

    /// <summary>
    /// What encrypts payloads in place of <see cref="SessionProtectionOptions.Key"/>; see <c>EncryptPayloadWithDataProtection</c>.
    /// </summary>
    internal IPayloadProtector? PayloadProtector { get; set; }

    /// <summary>Whether what is otherwise a warning is refused; see <c>UseStrictDefaults</c>.</summary>
    internal bool IsStrict { get; set; }
}
