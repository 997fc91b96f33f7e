using System.Buffers;
using System.ComponentModel;

namespace ServerSessions.Payload;

/// <summary>
/// The <c>cookie</c> member of a session: its lifetime and the attributes of its cookie. The members have the names and meaning of
/// express-session 1.19.
/// </summary>
/// <remarks>
/// <see cref="Expires"/> is an instant. <see cref="MaxAge"/> is the remaining time until then. <see cref="OriginalMaxAge"/> is the value to
/// which <see cref="Touch"/> resets <see cref="MaxAge"/>. Instants and spans have millisecond precision; finer parts are cut off. Not safe
/// for concurrent writes.
/// <para>
/// Completion lists the members for applications. The members that serialize the cookie, or that adopt a store's expiry, are hidden. They
/// are for stores and the middleware: an application that calls them makes the cookie and the store disagree.
/// </para>
/// </remarks>
public sealed class SessionCookie
{
    private readonly TimeProvider _timeProvider;
    private string? _path = "/";
    private string? _domain;

    /// <summary>
    /// Initializes a new instance of the <see cref="SessionCookie"/> class with express-session's defaults: path <c>/</c>, HttpOnly, no
    /// expiry.
    /// </summary>
    /// <param name="timeProvider">The clock for <see cref="MaxAge"/>.</param>
    public SessionCookie(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeProvider = timeProvider;
    }

    /// <summary>Initializes a copy of a cookie that was read with a template.</summary>
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
    /// Gets or sets the instant from which the session is expired. Setting it sets <see cref="OriginalMaxAge"/> to the time from now until
    /// then.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: the cookie ends with the browser, and the session lives for its store's default lifetime.
    /// </value>
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
    /// Gets or sets the time left until <see cref="Expires"/>. Setting it sets <see cref="Expires"/> to now plus this value, and
    /// <see cref="OriginalMaxAge"/> to this value.
    /// </summary>
    /// <value>Negative after the expiry; <see langword="null"/> if there is no expiry.</value>
    public TimeSpan? MaxAge
    {
        get => RawExpires.Instant - Now;
        set
        {
            RawOriginalMaxAge = CookieMaxAge.Of(value);
            Touch();
        }
    }

    /// <summary>The value to which <see cref="Touch"/> resets <see cref="MaxAge"/>; <see langword="null"/> if there is no expiry.</summary>
    public TimeSpan? OriginalMaxAge
    {
        get => RawOriginalMaxAge.Span;
        set => RawOriginalMaxAge = CookieMaxAge.Of(value);
    }

    /// <summary>Gets or sets the <c>Path</c> attribute. The default is <c>/</c>; <see langword="null"/>: not sent.</summary>
    /// <exception cref="ArgumentException">The value has characters that the attribute does not allow.</exception>
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
    /// Gets or sets the <c>Domain</c> attribute. The default is <see langword="null"/>: not sent, so only the host that set the cookie
    /// receives it.
    /// </summary>
    /// <exception cref="ArgumentException">The value is not a domain name.</exception>
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

    /// <summary>Gets or sets the <c>HttpOnly</c> attribute. The default is <see langword="true"/>.</summary>
    public bool? HttpOnly
    {
        get;
        set => (field, Template) = (value, null);
    } = true;

    /// <summary>
    /// Gets or sets the <c>Secure</c> attribute. The default is <see langword="null"/>: not sent. A secure cookie is sent over https only.
    /// </summary>
    public bool? Secure
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>Gets or sets the <c>Partitioned</c> attribute. The default is <see langword="null"/>: not sent.</summary>
    public bool? Partitioned
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>Gets or sets the <c>SameSite</c> attribute. The default is <see langword="null"/>: not sent.</summary>
    public SessionSameSite? SameSite
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>Gets or sets the <c>Priority</c> attribute. The default is <see langword="null"/>: not sent.</summary>
    public SessionCookiePriority? Priority
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>
    /// Whether <c>expires</c> is not null in JavaScript: an instant, <c>false</c>, <c>""</c> or <c>0</c>. Only then does express-session
    /// send the cookie of a changed session again.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool HasExpires => RawExpires.IsPresent;

    internal CookieExpires RawExpires { get; set; } = CookieExpires.Null;

    internal CookieMaxAge RawOriginalMaxAge
    {
        get;
        set => (field, Template) = (value, null);
    } = CookieMaxAge.Null;

    /// <summary>The members that were <c>null</c> in the JSON. They are written as <c>null</c> again unless they are set.</summary>
    internal CookieMembers WrittenAsNull
    {
        get;
        set => (field, Template) = (value, null);
    }

    /// <summary>The template of this cookie, as long as only the expiry has changed since it was read.</summary>
    internal CookieTemplate? Template { get; set; }

    // JavaScript's clock has whole milliseconds.
    private DateTimeOffset Now => CookieExpires.Truncate(_timeProvider.GetUtcNow());

    /// <summary>Reads the <c>cookie</c> member of a session as tolerantly as express-session does.</summary>
    /// <param name="json">The cookie object as JSON.</param>
    /// <param name="timeProvider">The clock for <see cref="MaxAge"/>.</param>
    /// <returns>The cookie. Unknown members are dropped, as Node drops them.</returns>
    /// <exception cref="SessionPayloadException">
    /// The JSON is not an object, or <c>originalMaxAge</c> is a non-empty string, <c>true</c>, an array or an object. With such a value
    /// express-session never completes a request. <c>""</c> and <c>false</c> mean no lifetime, as in express-session.
    /// </exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static SessionCookie Parse(ReadOnlySpan<byte> json, TimeProvider timeProvider) => CookieJsonReader.Read(json, timeProvider);

    /// <summary>
    /// Starts the session's lifetime again: <see cref="Expires"/> becomes now plus <see cref="OriginalMaxAge"/>, or <see langword="null"/>
    /// if that is <see langword="null"/>.
    /// </summary>
    public void Touch() => RawExpires = CookieExpires.After(Now, RawOriginalMaxAge);

    /// <summary>
    /// Adopts the expiry that a store holds, if the cookie has an expiry: after a touch the payload's own is out of date.
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
    /// <param name="writer">The writer to write to.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void WriteTo(IBufferWriter<byte> writer) => CookieJsonWriter.Write(this, writer);

    /// <summary>Returns the <c>cookie</c> member as JSON in a new buffer.</summary>
    /// <returns>The JSON. The caller owns the buffer.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public byte[] ToJson() => CookieJsonWriter.ToArray(this);
}
