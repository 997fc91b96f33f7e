using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The session of a request. It is read before the application runs, and saved before the response headers are sent. Not safe for
/// concurrent use. Parallel requests have an object each and keep each other's keys.
/// </summary>
/// <remarks>
/// Only the asynchronous methods access the store. Values are converted to JSON when they are set, and back when they are read. A later
/// change to such an object has no effect until it is set again. Changes by background work after the request has ended are stored only by
/// <see cref="SaveAsync"/>. After <see cref="DestroyAsync"/> or <c>HttpContext.UnsetServerSession()</c> every member except
/// <see cref="Id"/> throws <see cref="InvalidOperationException"/>.
/// </remarks>
[DebuggerDisplay("{Count} keys, new: {IsNew}")]
public sealed partial class ServerSession
{
    private readonly RequestSession _request;
    private readonly SessionChanges _changes = new();
    private SessionDocument _document;
    private SessionCookie _cookie;
    private string? _key;
    private bool _ended;

    internal ServerSession(RequestSession request, string sid, SessionCookie cookie)
    {
        _request = request;
        Id = sid;
        _cookie = cookie;
        _document = NewDocument();
        IsNew = true;
    }

    internal ServerSession(RequestSession request, string sid, in LoadedSession loaded)
    {
        _request = request;
        Id = sid;
        _key = loaded.Key;
        _cookie = loaded.Cookie;
        _document = loaded.Document;
        AtRest = loaded.AtRest;
        _touchedAt = loaded.TouchedAt;
        _cookieAtRest = loaded.Document.CookieJson;
    }

    /// <summary>
    /// The session id. Together with the secret it gives access to the session: keep it out of pages, logs and URLs; see
    /// <see cref="Sid.Fingerprint"/>.
    /// </summary>
    public string Id { get; private set; }

    /// <summary>Whether this request created the session or gave it a new id. Otherwise it was read from the store.</summary>
    public bool IsNew { get; private set; }

    /// <summary>
    /// The session's cookie: lifetime and attributes. Changes apply to this session only and are stored with it. Attributes with which
    /// browsers drop the cookie cause a <see cref="SessionCookieException"/> before the session is stored; see
    /// <see cref="ServerSessionOptions.EnforceCookieRules"/>.
    /// </summary>
    public SessionCookie Cookie
    {
        get
        {
            ThrowIfEnded();
            return _cookie;
        }
    }

    /// <summary>The keys, in the order in which they were first set.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            ThrowIfEnded();
            return CountHidden() == 0 ? _document.Keys : [.. _document.Keys.Where(key => !IsHidden(key))];
        }
    }

    /// <summary>The number of keys.</summary>
    public int Count
    {
        get
        {
            ThrowIfEnded();
            return _document.Count - CountHidden();
        }
    }

    internal SessionDocument Document => _document;

    /// <summary>
    /// The new place of the session that was under this id before. Set only if Node has made a session of its tombstone; see
    /// <see cref="Tombstones"/>.
    /// </summary>
    internal string? MovedTo => _request.Runtime.TargetOf(Key, _document);

    /// <summary>The state of the cookie, also after the session has ended.</summary>
    internal CookieState CookieState => CookieState.Of(_cookie);

    /// <summary>
    /// Binds a parameter of a minimal API to the session. Throws like <c>HttpContext.GetServerSession()</c> if the request cannot have one.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="parameter">The parameter. Ignored.</param>
    /// <returns>The session.</returns>
    public static ValueTask<ServerSession?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<ServerSession?>(context.GetServerSession());
    }

    /// <summary>Starts the session's lifetime again. The middleware calls it once at the end of each request.</summary>
    public void Touch()
    {
        ThrowIfEnded();
        _cookie.Touch();
    }

    /// <summary>
    /// Ends the session. It is removed from the store, this object can no longer be used, and the browser is told to drop its cookie.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the stored session is removed.</returns>
    /// <exception cref="SessionStoreException">
    /// The session could not be removed. It is detached from the request all the same. The stored session may still exist, and the browser
    /// keeps its cookie.
    /// </exception>
    public async ValueTask DestroyAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfEnded();
        var endsToo = _request.EndsToo;
        _request.OnDestroyed();
        await _request.Runtime.Remover.DestroyAsync(this, endsToo, cancellationToken);
        _request.ClearCookie(_cookie);
    }

    /// <summary>Reads the session again. Unsaved changes of this request are lost.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the session is read.</returns>
    /// <exception cref="SessionNotFoundException">
    /// The session is not in the store: never saved, destroyed or expired. This session is unchanged.
    /// </exception>
    /// <exception cref="SessionStoreException">The session could not be read. This session is unchanged.</exception>
    public async ValueTask ReloadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfEnded();
        var loaded = await _request.Runtime.Loader.GetAsync(Key, cancellationToken)
            ?? throw new SessionNotFoundException(SessionStoreOperation.Get, _request.Runtime.Store.Backend);
        SessionLifetimes.KeepEarlierBeginning(_document, loaded.Document);
        _cookie = loaded.Cookie;
        _document = loaded.Document;
        _changes.Clear();
        AtRest = loaded.AtRest;
        _touchedAt = null;
        _cookieAtRest = loaded.Document.CookieJson;
        StampIfMissing();
    }

    /// <summary>
    /// Saves the session now. Rarely needed, because the session is saved before the response is sent. If another request has destroyed the
    /// session in the meantime, it stays destroyed and this call does nothing.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the store has acknowledged the session.</returns>
    /// <exception cref="SessionLimitException">The session has grown past a limit. Nothing was stored.</exception>
    /// <exception cref="SessionCookieException">
    /// The request has set cookie attributes with which browsers drop the cookie. Nothing was stored.
    /// </exception>
    /// <exception cref="SessionStoreException">The session could not be saved.</exception>
    public async ValueTask SaveAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfEnded();
        await _request.SaveForApplicationAsync(cancellationToken);
    }

    /// <summary>Returns the name of the type. Ids and content must not reach logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => nameof(ServerSession);

    /// <summary>Called if another request has ended the session: nothing is stored under its id, and nothing will be.</summary>
    internal void OnGone() => _request.OnGone();

    internal void End() => _ended = true;

    private SessionDocument NewDocument()
    {
        var document = new SessionDocument("{}"u8.ToArray());
        _request.Runtime.Lifetimes.Stamp(document);
        return document;
    }

    private void ThrowIfEnded()
    {
        if (_ended)
        {
            throw new InvalidOperationException(
                "This session was destroyed or detached from the request. HttpContext.FindServerSession() tells whether a request has a "
                    + "session."
            );
        }
    }
}
