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
/// <see cref="Id"/> throws <see cref="InvalidOperationException"/>. Members that change the session also throw it if the endpoint has
/// <see cref="ReadOnlyServerSessionAttribute"/>.
/// </remarks>
[DebuggerDisplay("{Count} keys, new: {IsNew}")]
public sealed partial class ServerSession
{
    private readonly RequestSession _request;
    private readonly ApplicationKeys _keys;
    private readonly SessionOperations _operations;
    private readonly SessionIdOperations _idOperations;

    internal ServerSession(RequestSession request, ApplicationKeys keys, SessionOperations operations, SessionIdOperations idOperations) =>
        (_request, _keys, _operations, _idOperations) = (request, keys, operations, idOperations);

    /// <summary>
    /// The session id. Together with the secret it gives access to the session: keep it out of pages, logs and URLs; see
    /// <see cref="Sid.Fingerprint"/>.
    /// </summary>
    public string Id => _request.State!.Sid;

    /// <summary>Whether this request created the session or gave it a new id. Otherwise it was read from the store.</summary>
    public bool IsNew => _request.State!.IsNew;

    /// <summary>
    /// The session's cookie: lifetime and attributes. Changes apply to this session only and are stored with it. Attributes with which
    /// browsers drop the cookie cause a <see cref="SessionCookieException"/> before the session is stored; see
    /// <see cref="ServerSessionOptions.EnforceCookieRules"/>.
    /// </summary>
    public SessionCookie Cookie => Live.Cookie;

    /// <summary>The keys, in the order in which they were first set.</summary>
    public IReadOnlyList<string> Keys => _keys.List(Live.Document);

    /// <summary>The number of keys.</summary>
    public int Count => _keys.Count(Live.Document);

    /// <summary>The session; throws if it has ended.</summary>
    private SessionState Live =>
        _request.Live
        ?? throw new InvalidOperationException(
            "This session was destroyed or detached from the request. HttpContext.FindServerSession() tells whether a request has a "
                + "session."
        );

    /// <summary>
    /// Binds a parameter of a minimal API to the session; with <see cref="FromServerSessionsAttribute"/>, to that of a name. If the request
    /// cannot have one, a nullable parameter is <see langword="null"/>. Another parameter throws like
    /// <c>HttpContext.GetServerSession()</c>, or causes 400 if the project turns off <c>NullabilityInfoContextSupport</c>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="parameter">The parameter.</param>
    /// <returns>The session.</returns>
    public static ValueTask<ServerSession?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (name, isNullable) = SessionParameter.Of(parameter);
        return ValueTask.FromResult(isNullable ? context.FindServerSession(name) : context.GetServerSession(name));
    }

    /// <summary>
    /// Starts the session's lifetime again. The middleware calls it once at the end of each request, unless the endpoint has
    /// <see cref="DoNotExtendServerSessionAttribute"/>; there this call extends the session all the same.
    /// </summary>
    public void Touch()
    {
        var session = Live;
        session.Cookie.Touch();
        if (session.KeepsExpiry)
        {
            _request.Become(session with { KeepsExpiry = false });
        }
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
    public ValueTask DestroyAsync(CancellationToken cancellationToken = default) =>
        EndAsync(SessionEndReason.Destroyed, cancellationToken);

    /// <summary>Ends the session for a reason, of which the event tells; see <see cref="DestroyAsync"/>.</summary>
    internal async ValueTask EndAsync(SessionEndReason reason, CancellationToken cancellationToken) =>
        await _operations.DestroyAsync(EnsureWritable(), reason, cancellationToken);

    /// <summary>Reads the session again. Unsaved changes of this request are lost.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes once the session is read.</returns>
    /// <exception cref="SessionNotFoundException">
    /// The session is not in the store: never saved, destroyed or expired. This session is unchanged.
    /// </exception>
    /// <exception cref="SessionStoreException">The session could not be read. This session is unchanged.</exception>
    public async ValueTask ReloadAsync(CancellationToken cancellationToken = default) =>
        await _operations.ReloadAsync(EnsureLive(), cancellationToken);

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
    public async ValueTask SaveAsync(CancellationToken cancellationToken = default) =>
        await _operations.SaveAsync(EnsureWritable(), cancellationToken);

    /// <summary>Returns the name of the type. Ids and content must not reach logs.</summary>
    /// <returns>A text without content.</returns>
    public override string ToString() => nameof(ServerSession);

    /// <summary>Returns the request if it still has the session and may change it; otherwise throws.</summary>
    private RequestSession EnsureWritable()
    {
        var request = EnsureLive();
        request.ThrowIfReadOnly();
        return request;
    }

    /// <summary>Returns the request if it still has the session; otherwise throws.</summary>
    private RequestSession EnsureLive()
    {
        _ = Live;
        return _request;
    }
}
