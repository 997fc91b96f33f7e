using System.Buffers;
using System.ComponentModel;

namespace ServerSessions.Payload;

/// <summary>
/// The <c>cookie</c> member of a session: how long the session lives, and with which attributes its cookie is sent. Members, names
/// and their meaning are express-session 1.19's.
/// </summary>
/// <remarks>
/// <see cref="Expires"/> is an instant; <see cref="MaxAge"/> is the same as a remaining time and shrinks as time passes;
/// <see cref="OriginalMaxAge"/> is what <see cref="Touch"/> resets it to. Instants and spans have millisecond precision; finer parts are
/// cut off. Not safe for concurrent writes.
/// <para>
/// Completion shows what an application sets on the cookie of its session. The members that turn a cookie into bytes and back, and that
/// take over a store's expiry, are for stores and the middleware: called by an application they would make the cookie and the store
/// disagree. They are hidden from completion.
/// </para>
/// </remarks>
public sealed class SessionCookie
{
    private readonly TimeProvider _timeProvider;
    private string? _path = "/";
    private string? _domain;

    /// <summary>Makes a cookie with express-session's defaults: path <c>/</c>, HttpOnly, no expiry.</summary>
    /// <param name="timeProvider">The clock for <see cref="MaxAge"/>.</param>
    public SessionCookie(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeProvider = timeProvider;
    }

    /// <summary>Makes a copy of a cookie that was read with a template.</summary>
    internal SessionCookie(SessionCookie other, CookieTemplate template, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        (_path, _domain) = (other._path, other._domain);
        (HttpOnly, Secure, Partitioned, Priority, SameSite) = (
            other.HttpOnly,
            other.Secure,
            other.Partitioned,
            other.Priority,
            other.SameSite
        );
        (RawExpires, RawOriginalMaxAge, WrittenAsNull) = (other.RawExpires, other.RawOriginalMaxAge, other.WrittenAsNull);
        Template = template;
    }

    /// <summary>
    /// The instant from which the session is expired; <see langword="null"/>: the cookie lasts as long as the browser, and the session as
    /// long as its store's default lifetime. Setting it sets <see cref="OriginalMaxAge"/> to the time from now until then.
    /// </summary>
    public DateTimeOffset? Expires
    {
        get => RawExpires.Instant;
        set
        {
            RawExpires = CookieExpires.Of(value);
            RawOriginalMaxAge = RawExpires.Instant is { } instant ? CookieMaxAge.Of(instant - Now) : CookieMaxAge.Null;
        }
    }

    /// <summary>
    /// The time left until <see cref="Expires"/>, negative once it is past; <see langword="null"/> where there is no expiry. Setting it
    /// sets <see cref="Expires"/> to now plus this, and <see cref="OriginalMaxAge"/> to this.
    /// </summary>
    public TimeSpan? MaxAge
    {
        get => RawExpires.Instant - Now;
        set
        {
            RawOriginalMaxAge = CookieMaxAge.Of(value);
            Touch();
        }
    }

    /// <summary>What <see cref="Touch"/> resets <see cref="MaxAge"/> to; <see langword="null"/>: no expiry.</summary>
    public TimeSpan? OriginalMaxAge
    {
        get => RawOriginalMaxAge.Span;
        set => RawOriginalMaxAge = CookieMaxAge.Of(value);
    }

    /// <summary>The <c>Path</c> attribute; default <c>/</c>; <see langword="null"/>: not sent.</summary>
    /// <exception cref="ArgumentException">Set to a text that cannot stand in the attribute.</exception>
    public string? Path
    {
        get => _path;
        set
        {
            if (!CookieGrammar.IsPath(value))
            {
                throw new ArgumentException("A cookie path has printable ASCII characters only, and neither ';' nor '<'.", nameof(value));
            }

            (_path, Template) = (value, null);
        }
    }

    /// <summary>
    /// The <c>Domain</c> attribute; default <see langword="null"/>: not sent, so that only the host that set the cookie gets it.
    /// </summary>
    /// <exception cref="ArgumentException">Set to a text that is no domain name.</exception>
    public string? Domain
    {
        get => _domain;
        set
        {
            if (!CookieGrammar.IsDomain(value))
            {
                throw new ArgumentException("A cookie domain is labels of letters, digits and hyphens, joined by dots.", nameof(value));
            }

            (_domain, Template) = (value, null);
        }
    }

    /// <summary>The <c>HttpOnly</c> attribute; default <see langword="true"/>.</summary>
    public bool? HttpOnly
    {
        get;
        set => (field, Template) = (value, null);
    } = true;

    /// <summary>The <c>Secure</c> attribute; default <see langword="null"/>: not sent. A secure cookie is sent over https only.</summary>
    public bool? Secure
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>The <c>Partitioned</c> attribute; default <see langword="null"/>: not sent.</summary>
    public bool? Partitioned
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>The <c>SameSite</c> attribute; default <see langword="null"/>: not sent.</summary>
    public SessionSameSite? SameSite
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>The <c>Priority</c> attribute; default <see langword="null"/>: not sent.</summary>
    public SessionCookiePriority? Priority
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>
    /// Whether there is an <c>expires</c> that JavaScript does not call null: an instant, or <c>false</c>, <c>""</c> or <c>0</c>. That is
    /// the condition under which it sends the cookie of a changed session again.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool HasExpires => RawExpires.IsPresent;

    internal CookieExpires RawExpires { get; set; } = CookieExpires.Null;

    internal CookieMaxAge RawOriginalMaxAge
    {
        get;
        set => (field, Template) = (value, null);
    } = CookieMaxAge.Null;

    /// <summary>Members that stood as <c>null</c> in the JSON, and are written as <c>null</c> again unless they are set.</summary>
    internal CookieMembers WrittenAsNull
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>What this was read with, as long as nothing but the expiry has changed since.</summary>
    internal CookieTemplate? Template { get; set; }

    // JavaScript's clock has whole milliseconds.
    private DateTimeOffset Now => CookieExpires.Truncate(_timeProvider.GetUtcNow());

    /// <summary>Reads the <c>cookie</c> member of a session as tolerantly as express-session does.</summary>
    /// <param name="json">The cookie object.</param>
    /// <param name="timeProvider">The clock for <see cref="MaxAge"/>.</param>
    /// <returns>The cookie. Unknown members are dropped, as Node drops them.</returns>
    /// <exception cref="SessionPayloadException">
    /// It is no object, or <c>originalMaxAge</c> is a text, <c>true</c>, an array or an object, with which a request never completes in
    /// express-session. <c>""</c> and <c>false</c> are no lifetime, as there.
    /// </exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static SessionCookie Parse(ReadOnlySpan<byte> json, TimeProvider timeProvider) => CookieJsonReader.Read(json, timeProvider);

    /// <summary>
    /// Starts the session's life anew: <see cref="Expires"/> becomes now plus <see cref="OriginalMaxAge"/>, or none where that is none.
    /// </summary>
    public void Touch() => RawExpires = CookieExpires.After(Now, RawOriginalMaxAge);

    /// <summary>
    /// Takes over the expiry that a store holds, where there is one in the cookie: after a touch the payload's own is old.
    /// <see cref="OriginalMaxAge"/> stays.
    /// </summary>
    /// <param name="expires">The expiry of the record.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AdoptExpires(DateTimeOffset? expires)
    {
        if (expires is not null && RawExpires.Instant is not null)
        {
            RawExpires = CookieExpires.Of(expires);
        }
    }

    /// <summary>
    /// Writes the <c>cookie</c> member: compact, members in express-session's order, instants as <c>yyyy-MM-ddTHH:mm:ss.fffZ</c>.
    /// </summary>
    /// <param name="writer">Where to.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void WriteTo(IBufferWriter<byte> writer) => CookieJsonWriter.Write(this, writer);

    /// <summary>The same as a new buffer.</summary>
    /// <returns>The JSON, which is the caller's.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public byte[] ToJson() => CookieJsonWriter.ToArray(this);
}
