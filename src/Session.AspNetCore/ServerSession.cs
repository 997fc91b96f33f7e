using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions;

/// <summary>
/// The session that a request works with. Read in before the application runs, so that no member but the operations touches the store;
/// saved before the response's headers go out. Not safe for concurrent use; parallel requests each have their own and keep each other's
/// keys.
/// </summary>
/// <remarks>
/// Values are turned into JSON when they are set and back when they are asked for: changing an object after setting it, or one that was
/// got, changes nothing until it is set again. What background work changes after the request has ended is stored by
/// <see cref="SaveAsync"/> only. After <see cref="DestroyAsync"/> or <c>HttpContext.UnsetServerSession()</c> every member but
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
    /// The session id. Whoever knows it and the secret has the session: not for pages, logs or URLs; see <see cref="Sid.Fingerprint"/>.
    /// </summary>
    public string Id { get; private set; }

    /// <summary>Whether the session was made by this request, and not read from the store.</summary>
    public bool IsNew { get; private set; }

    /// <summary>
    /// The session's cookie: lifetime and attributes. Changes count for this session only and are stored with it. Attributes with which
    /// browsers drop the cookie are a <see cref="SessionCookieException"/> before the session is stored, as
    /// <see cref="ServerSessionOptions.EnforceCookieRules"/> says.
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
    /// What the session under this id was before Node made another one of the mark that it left; see <see cref="SessionMoves"/>.
    /// </summary>
    internal string? MovedTo => _request.Runtime.TargetOf(Key, _document);

    /// <summary>The cookie, also of a session that has ended meanwhile.</summary>
    internal CookieState CookieState => CookieState.Of(_cookie);

    /// <summary>
    /// Lets minimal APIs take the session as a parameter. Throws as <c>HttpContext.GetServerSession()</c> does where there is none.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="parameter">The parameter, which is not looked at.</param>
    /// <returns>The session.</returns>
    public static ValueTask<ServerSession?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<ServerSession?>(context.GetServerSession());
    }

    /// <summary>Starts the session's remaining life anew. The middleware does this once at the end of each request.</summary>
    public void Touch()
    {
        ThrowIfEnded();
        _cookie.Touch();
    }

    /// <summary>
    /// Ends the session: it is removed from the store, this object can no longer be used, and the browser is told to drop its cookie.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the stored session is gone.</returns>
    /// <exception cref="SessionStoreException">It could not be removed. The session is off the request all the same; the stored one may
    /// live on, and the browser keeps its cookie.</exception>
    public async ValueTask DestroyAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfEnded();
        var endsToo = _request.EndsToo;
        _request.OnDestroyed();
        await _request.Runtime.Remover.DestroyAsync(this, endsToo, cancellationToken);
        _request.ClearCookie(_cookie);
    }

    /// <summary>Reads the session again; what this request changed and has not saved is lost.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the session is read.</returns>
    /// <exception cref="SessionNotFoundException">It is not in the store: never saved, destroyed or expired. This session is as
    /// before.</exception>
    /// <exception cref="SessionStoreException">It could not be read. This session is as before.</exception>
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
    /// Saves the session now. Rarely needed: it is saved before the response goes out. Where the session was destroyed by another request
    /// meanwhile, it stays destroyed and this does nothing.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the store has acknowledged the session.</returns>
    /// <exception cref="SessionLimitException">The session has grown past a limit. Nothing was stored.</exception>
    /// <exception cref="SessionCookieException">The request has set cookie attributes with which browsers drop it. Nothing is
    /// stored.</exception>
    /// <exception cref="SessionStoreException">It could not be saved.</exception>
    public async ValueTask SaveAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfEnded();
        await _request.SaveForApplicationAsync(cancellationToken);
    }

    /// <summary>Names the type only: neither id nor content is for logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => nameof(ServerSession);

    /// <summary>Another request ended the session; nothing is stored under its id any more, and nothing shall be.</summary>
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
                "This session was destroyed or taken off the request. HttpContext.FindServerSession() tells whether a request has a "
                    + "session."
            );
        }
    }
}
