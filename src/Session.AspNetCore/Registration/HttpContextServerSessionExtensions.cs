using ServerSessions;

// In the namespace of HttpContext, so that it is there wherever a request is.
namespace Microsoft.AspNetCore.Http;

/// <summary>Access to a request's session: what its <see cref="IServerSessionFeature"/> has.</summary>
public static class HttpContextServerSessionExtensions
{
    /// <summary>
    /// The session of this request; a new one where the request came without. A new session is stored, and its cookie sent, only once
    /// something is put into it (see <see cref="ServerSessionOptions.SaveUninitialized"/>).
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The session.</returns>
    /// <exception cref="ServerSessionUnavailableException">It is not known whether there is one: it could not be read, or none could be
    /// made. The inner exception has the cause.</exception>
    /// <exception cref="InvalidOperationException">There is none and can be none; the message says why.</exception>
    public static ServerSession GetServerSession(this HttpContext context)
    {
        var feature = Feature(context);
        return feature.Session ?? throw Without(context, feature);
    }

    /// <summary>
    /// The same, but <see langword="null"/> where there is none and can be none: destroyed, unset, path outside the cookie's, store
    /// disconnected, not readable.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The session or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions()</c> does not run for this request.</exception>
    public static ServerSession? FindServerSession(this HttpContext context) => Feature(context).Session;

    /// <summary>
    /// The session id of this request (express: <c>req.sessionID</c>), also after the session was destroyed or unset;
    /// <see langword="null"/> where there has been none. Makes no session.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The id or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions()</c> does not run for this request.</exception>
    public static string? GetServerSessionId(this HttpContext context) => Feature(context).SessionId;

    /// <summary>
    /// Why the session of this request is unavailable: the store failed, or a function of the application did. For requests that go on all
    /// the same (<see cref="SessionFailureBehavior.Continue"/>), and for error pages for which the pipeline runs again. Such a request may
    /// be of somebody who is signed in: it is not anonymous, it is unknown.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The failure; <see langword="null"/> where the session could be read, or there was none to read.</returns>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions()</c> does not run for this request.</exception>
    public static Exception? GetServerSessionFailure(this HttpContext context) => Feature(context).Failure;

    /// <summary>
    /// Takes the session off the request (express: <c>req.session = null</c>): what the request changed and has not saved is dropped, and
    /// the stored session stays or goes as <see cref="ServerSessionOptions.Unset"/> says. Does nothing where there is none.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions()</c> does not run for this request.</exception>
    public static void UnsetServerSession(this HttpContext context) => Feature(context).Unset();

    private static InvalidOperationException Without(HttpContext context, IServerSessionFeature feature) =>
        feature.Failure is { } failure ? new ServerSessionUnavailableException(failure) : new InvalidOperationException(Reason(context));

    private static string Reason(HttpContext context) =>
        context.Features.Get<RequestSession>()?.Absence switch
        {
            SessionAbsence.PathMismatch =>
                "This request has no session: its path is not within Cookie.Path. Widen Cookie.Path, or, if a proxy strips a prefix, "
                    + "set PathBase to it in front of UseServerSessions().",
            SessionAbsence.Disconnected =>
                "This request has no session: the store is disconnected and WhenDisconnected says to go on without.",
            SessionAbsence.Unset => "This request has no session any more: it was taken off by UnsetServerSession().",
            SessionAbsence.Destroyed => "This request has no session any more: it was destroyed.",
            _ => "This request has no session: the IServerSessionFeature that it was given has none, and no failure.",
        };

    private static IServerSessionFeature Feature(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<IServerSessionFeature>()
            ?? throw new InvalidOperationException(
                "Server sessions are not set up for this request. Call app.UseServerSessions() before whatever uses the session."
            );
    }
}
