using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Finds the session of a request for its tickets. <c>WebApplication</c> adds authentication in front of the application's own middleware,
/// unless the application calls <c>UseAuthentication()</c> itself. Then the session is read here, and the middleware takes over what was
/// read.
/// </summary>
internal sealed class TicketSession(SessionRuntimes runtimes, string name)
{
    private readonly SessionSlot _slot = new(name);

    /// <summary>The name of the sessions; empty for those without one.</summary>
    public string Name => _slot.Name;

    /// <summary>Returns the feature of a request; <see langword="null"/> if its session was not looked for yet.</summary>
    public SessionFeature? Find(HttpContext context) => _slot.Find(context);

    /// <summary>Returns the exception that says why a request can have no session.</summary>
    public InvalidOperationException Without(SessionFeature feature) =>
        HttpContextServerSessionExtensions.Without(feature.Request.Context, feature, name);

    /// <summary>Returns the feature of a request, after its session was read.</summary>
    /// <exception cref="SessionStoreException">
    /// The session could not be read, and <see cref="ServerSessionOptions.WhenLoadFails"/> does not let the request continue.
    /// </exception>
    public async ValueTask<SessionFeature> OpenAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (Find(context) is { } begun)
        {
            return begun;
        }

        var runtime = runtimes.Current;
        var feature = runtime.NewFeature(context, _slot);
        feature.IsInFront = true;
        if (feature.Enter(EndpointRulesReader.Of(context.GetEndpoint(), name)))
        {
            await BeginAsync(runtime, feature, cancellationToken);
        }

        return feature;
    }

    /// <summary>
    /// Returns the lifetime that a persistent sign-in gives the session's cookie; <see langword="null"/> if the cookie must end with the
    /// browser.
    /// </summary>
    public TimeSpan? LifetimeFor(TimeSpan ticket)
    {
        var options = runtimes.Current.Options;
        if (options.IdleTimeout is not { } idle || idle >= ticket)
        {
            return ticket < CookieRules.LongestLife ? ticket : CookieRules.LongestLife;
        }

        // A cookie that is not sent again would end in the browser after that time, although the session is used.
        return options.Rolling ? idle : null;
    }

    /// <summary>Returns the feature of a request whose session must be available, because a sign-in or a sign-out is about it.</summary>
    /// <exception cref="ServerSessionUnavailableException">It is unknown whether the request has a session.</exception>
    /// <exception cref="InvalidOperationException">The request cannot have a session; the message gives the reason.</exception>
    public async ValueTask<SessionFeature> RequireAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var feature = await OpenAsync(context, cancellationToken);
        if (
            feature.IsDisabled
            || feature.Request.Absence
                is SessionAbsence.PathMismatch
                    or SessionAbsence.Disconnected
                    or SessionAbsence.Unavailable
                    or SessionAbsence.CrossSite
        )
        {
            throw Without(feature);
        }

        return feature;
    }

    /// <summary>
    /// Puts the session of a sign-in into the list of its user, if users are tracked. A ticket that is only refreshed keeps the instant at
    /// which the user has authenticated. If its sign-in was before users were tracked, the session is listed without telling of a sign-in.
    /// </summary>
    public async ValueTask SignInAsync(
        RequestSession request,
        string? subject,
        DateTimeOffset? authenticatedAt,
        bool isRefresh,
        CancellationToken cancellationToken
    )
    {
        if (runtimes.Current.Users is not { } users || !UserSubject.IsValid(subject))
        {
            return;
        }

        if (isRefresh && StoredLogin.Find(request.State!.Document) is null)
        {
            users.Tracking.Adopt(request, subject, authenticatedAt);
        }
        else
        {
            var signIn = new UserSignIn { AuthenticatedAt = authenticatedAt, Method = null };
            await users.Tracking.SignInAsync(request, subject, signIn, cancellationToken);
        }
    }

    private static async ValueTask BeginAsync(SessionRuntime runtime, SessionFeature feature, CancellationToken cancellationToken)
    {
        var request = feature.Request;
        if (runtime.CrossSite.Decide(request.Context, request.Rules) != SessionCrossSite.Allow)
        {
            // The middleware refuses the request, if the setting says so. Until then its visitor is not signed in.
            request.BeginWithout(SessionAbsence.CrossSite);
            return;
        }

        feature.ReadCookieOptions();
        try
        {
            await feature.BeginAsync(cancellationToken);
        }
        catch (Exception failure) when (runtime.Policy.MayContinueWithout(request, failure))
        {
            // The feature has the failure. To its request the visitor is not signed in.
        }
    }
}
