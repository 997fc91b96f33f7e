using ServerSessions;

// The namespace of HttpContext, so that the methods are available without a using directive.
namespace Microsoft.AspNetCore.Http;

/// <summary>Access to the session of a request, from its <see cref="IServerSessionFeature"/>.</summary>
public static class HttpContextServerSessionExtensions
{
    /// <summary>
    /// Returns the session of this request, or creates one if the request came without. A new session is stored, and its cookie sent, only
    /// once something is put into it (see <see cref="ServerSessionOptions.SaveUninitialized"/>).
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The session.</returns>
    /// <exception cref="ServerSessionUnavailableException">
    /// It is unknown whether the request has a session: it could not be read or created. The inner exception is the cause.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The request has no session and cannot have one; the message gives the reason.
    /// </exception>
    public static ServerSession GetServerSession(this HttpContext context)
    {
        var feature = Feature(context);
        return feature.Session ?? throw Without(context, feature);
    }

    /// <summary>
    /// Returns the session of a name, or creates one if the request came without; see <see cref="GetServerSession(HttpContext)"/>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="name">The name given to <c>AddServerSessions</c> and to <c>UseServerSessions</c>.</param>
    /// <returns>The session.</returns>
    /// <exception cref="ServerSessionUnavailableException">
    /// It is unknown whether the request has a session: it could not be read or created. The inner exception is the cause.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The request has no session of this name and cannot have one; the message gives the reason.
    /// </exception>
    public static ServerSession GetServerSession(this HttpContext context, string name)
    {
        var feature = Feature(context, name);
        return feature.Session ?? throw Without(context, feature, name);
    }

    /// <summary>
    /// Returns the session of this request, or <see langword="null"/> if the request cannot have one: destroyed, unset, path outside the
    /// cookie's, disabled by the endpoint, from another site, store disconnected, or not readable. Creates a session if the request came
    /// without.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The session, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions()</c> does not run for this request.</exception>
    public static ServerSession? FindServerSession(this HttpContext context) => Feature(context).Session;

    /// <summary>
    /// Returns the session of a name, or <see langword="null"/> if the request cannot have one; see
    /// <see cref="FindServerSession(HttpContext)"/>.
    /// </summary>
    /// <inheritdoc cref="GetServerSession(HttpContext, string)" path="/param"/>
    /// <returns>The session, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions(name)</c> does not run for this request.</exception>
    public static ServerSession? FindServerSession(this HttpContext context, string name) => Feature(context, name).Session;

    /// <summary>
    /// Returns the session id of this request (express: <c>req.sessionID</c>), also after the session was destroyed or unset.
    /// <see langword="null"/> if there has been no session. Creates no session.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The id, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions()</c> does not run for this request.</exception>
    public static string? GetServerSessionId(this HttpContext context) => Feature(context).SessionId;

    /// <summary>Returns the session id of a name; see <see cref="GetServerSessionId(HttpContext)"/>.</summary>
    /// <inheritdoc cref="GetServerSession(HttpContext, string)" path="/param"/>
    /// <returns>The id, or <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions(name)</c> does not run for this request.</exception>
    public static string? GetServerSessionId(this HttpContext context, string name) => Feature(context, name).SessionId;

    /// <summary>
    /// Returns the reason why the session of this request is unavailable: the store failed, or a function of the application did. Use it in
    /// requests that continue without their session (<see cref="SessionFailureBehavior.Continue"/>), and in error pages for which the
    /// pipeline runs again. The visitor of such a request may be signed in: do not treat the request as anonymous.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The failure; <see langword="null"/> if the session could be read, or if there was none to read.</returns>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions()</c> does not run for this request.</exception>
    public static Exception? GetServerSessionFailure(this HttpContext context) => Feature(context).Failure;

    /// <summary>
    /// Returns the reason why the session of a name is unavailable; see <see cref="GetServerSessionFailure(HttpContext)"/>.
    /// </summary>
    /// <inheritdoc cref="GetServerSession(HttpContext, string)" path="/param"/>
    /// <returns>The failure; <see langword="null"/> if the session could be read, or if there was none to read.</returns>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions(name)</c> does not run for this request.</exception>
    public static Exception? GetServerSessionFailure(this HttpContext context, string name) => Feature(context, name).Failure;

    /// <summary>
    /// Detaches the session from the request (express: <c>req.session = null</c>). Unsaved changes are dropped, and
    /// <see cref="ServerSessionOptions.Unset"/> decides whether the stored session is destroyed. Does nothing if there is no session.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions()</c> does not run for this request.</exception>
    public static void UnsetServerSession(this HttpContext context) => Feature(context).Unset();

    /// <summary>Detaches the session of a name from the request; see <see cref="UnsetServerSession(HttpContext)"/>.</summary>
    /// <inheritdoc cref="GetServerSession(HttpContext, string)" path="/param"/>
    /// <exception cref="InvalidOperationException"><c>UseServerSessions(name)</c> does not run for this request.</exception>
    public static void UnsetServerSession(this HttpContext context, string name) => Feature(context, name).Unset();

    /// <summary>Returns the exception that says why a request has no session.</summary>
    internal static InvalidOperationException Without(HttpContext context, IServerSessionFeature feature, string? name = null) =>
        feature.Failure is { } failure
            ? new ServerSessionUnavailableException(failure)
            : new InvalidOperationException(Reason(new SessionSlot(name).Find(context)));

    private static string Reason(SessionFeature? feature) =>
        feature?.Request switch
        {
            { Rules: var rules } when (rules & EndpointRules.NoSession) != 0 =>
                EndpointRulesReader.ReasonFor(feature.Request.Context.GetEndpoint()),
            var request => Reason(request?.Absence),
        };

    private static string Reason(SessionAbsence? absence) =>
        absence switch
        {
            SessionAbsence.CrossSite =>
                "This request has no session: it comes from another site, and CrossSite, in the options or on its endpoint, does not allow "
                    + "that. Allow such a request with CrossSiteServerSession on its endpoint, AllowCrossSite or TrustedOrigins.",
            SessionAbsence.PathMismatch =>
                "This request has no session: its path is not within Cookie.Path. Widen Cookie.Path, or, if a proxy strips a prefix, "
                    + "set PathBase to it in front of UseServerSessions().",
            SessionAbsence.Disconnected =>
                "This request has no session: the store is disconnected and WhenDisconnected lets requests continue without one.",
            SessionAbsence.Unset or SessionAbsence.UnsetAndDestroyed =>
                "This request no longer has a session: UnsetServerSession() detached it.",
            SessionAbsence.Ending or SessionAbsence.Destroyed or SessionAbsence.Gone =>
                "This request no longer has a session: it was destroyed.",
            _ => "This request has no session: the IServerSessionFeature that replaced the original has neither a session nor a failure.",
        };

    private static IServerSessionFeature Feature(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);

        // What authentication has begun in front of the middleware does not stand for it.
        return context.Features.Get<IServerSessionFeature>() is { } feature and not SessionFeature { IsInFront: true }
            ? feature
            : throw new InvalidOperationException(
                "Server sessions are not set up for this request. Call app.UseServerSessions() in front of what uses the session. An "
                    + "endpoint with ShortCircuit() runs before all middleware. A hub opens the session of its connection with "
                    + "Context.OpenServerSessionAsync()."
            );
    }

    private static IServerSessionFeature Feature(HttpContext context, string name)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(name);
        return name.Length == 0
            ? Feature(context)
            : new SessionSlot(name).Find(context) is { IsInFront: false } feature
                ? feature
                : throw new InvalidOperationException(
                    $"The server sessions '{name}' are not set up for this request. Call app.UseServerSessions(\"{name}\") in front of "
                        + "what uses the session."
                );
    }
}
