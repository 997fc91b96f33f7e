using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace ServerSessions;

/// <summary>
/// Keeps the ticket of a cookie scheme in the session. The authentication cookie has a key, with which the ticket is found in the session
/// of the same browser and nowhere else.
/// </summary>
internal sealed class SessionTicketStore(
    TicketSession sessions,
    TicketProtector protector,
    TicketHandover handover,
    CookieAuthenticationOptions options,
    string scheme,
    ServerSessionTicketOptions settings
) : TicketStore
{
    /// <summary>The name of the sessions that have the tickets.</summary>
    public string SessionName => sessions.Name;

    public override async Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(context);
        var feature = await sessions.OpenAsync(context, cancellationToken);
        if (
            feature.Request.Live is not { } session
            || SessionTickets.Find(session.Document, scheme) is not { } text
            || protector.Unprotect(text, key) is not { } ticket
        )
        {
            return await TakeAsync(key, feature, cancellationToken);
        }

        CallsOf(context).Text = text;

        // An expired one stays in the session. So the next sign-in knows to whom the data of the session belongs.
        return ticket.Properties.ExpiresUtc < Now() ? null : ticket;
    }

    /// <summary>Whether a session has a ticket of the scheme that has not expired, and is one of the user.</summary>
    public bool IsSignedIn(ServerSession session, ClaimsPrincipal user) =>
        session.FindTicket(scheme) is { } text
        && protector.Unprotect(text, out _) is { } ticket
        && !(ticket.Properties.ExpiresUtc < Now())
        && (UserOf(user) is null || IsSameUser(ticket.Principal, user));

    /// <summary>
    /// Does nothing. A sign-out removes the ticket with <see cref="OnSigningOutAsync"/>, which is also called if the ticket has expired.
    /// </summary>
    public override Task RemoveAsync(string key, HttpContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Ends the session if it has a ticket of the scheme, valid or expired. A client that disconnects is signed out all the same.
    /// </summary>
    public override async Task OnSigningOutAsync(HttpContext context)
    {
        var feature = await sessions.RequireAsync(context, CancellationToken.None);
        var request = feature.Request;
        if (CallsOf(context).IsValidating && (request.Rules & EndpointRules.ReadOnly) != 0)
        {
            // The user is refused here and at each request, and the first one that may write ends the session.
            return;
        }

        if (request.Live is not { } session || SessionTickets.Find(session.Document, scheme) is null)
        {
            return;
        }

        if (settings.OwnsSession)
        {
            await feature.FindOrCreate()!.EndAsync(SessionEndReason.SignedOut, CancellationToken.None);
            request.End(SessionAbsence.SignedOut);
        }
        else
        {
            request.ThrowIfReadOnly();
            request.Change(document => SessionTickets.Remove(document, scheme));
        }
    }

    protected override async Task<string> SignInAsync(
        string? key,
        AuthenticationTicket ticket,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        var feature = await sessions.RequireAsync(context, cancellationToken);
        feature.Request.ThrowIfReadOnly();
        if (settings.OwnsSession && TicketHandover.IsNeeded(feature.Request))
        {
            var handed = await handover.StoreAsync(ticket, cancellationToken);
            if (feature.Request.State is not null)
            {
                // Its cookie would replace the visitor's.
                feature.Request.End(SessionAbsence.Unset);
            }

            return handed;
        }

        key ??= TicketProtector.NewKey();
        await PutAsync(key, ticket, feature, cancellationToken);
        return key;
    }

    protected override async Task ProlongAsync(
        string key,
        AuthenticationTicket ticket,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        // Ended or replaced in this request: it does not come back.
        if (
            CallsOf(context).Text is not { } before
            || sessions.Find(context) is not { Request.Live: { } session } feature
            || SessionTickets.Find(session.Document, scheme) != before
            || protector.Unprotect(before, key) is not { } known
        )
        {
            return;
        }

        var text = protector.Protect(key, ticket);
        if (TicketProtector.HasSameClaims(known, ticket))
        {
            // A later expiry only. What another request has put in its place since is newer.
            feature.Request.Change(document => SessionTickets.Replace(document, scheme, before, text));
        }
        else
        {
            feature.Request.Change(document => SetIfSame(document, key, text));
        }

        CallsOf(context).Text = text;
        if (feature.Request.IsPastHeaders)
        {
            // Authentication is in front of the middleware, and its callback before the headers ran after that of the session.
            await feature.Hooks!.Commit.CommitHeadersAsync();
        }
    }

    /// <summary>Takes a ticket into the session that an earlier request has handed over.</summary>
    private async ValueTask<AuthenticationTicket?> TakeAsync(string key, SessionFeature feature, CancellationToken cancellationToken)
    {
        // The session gets a new id, which the browser must be told.
        var request = feature.Request;
        if (
            request.Absence != SessionAbsence.None
            || (request.Rules & (EndpointRules.NoSession | EndpointRules.ReadOnly)) != 0
            || request.IsPastHeaders
            || request.Context.Response.HasStarted
            || await handover.TakeAsync(key, cancellationToken) is not { } ticket
        )
        {
            return null;
        }

        await PutAsync(key, ticket, feature, cancellationToken);
        return ticket;
    }

    /// <summary>Puts the ticket of a sign-in into the session.</summary>
    private async ValueTask PutAsync(
        string key,
        AuthenticationTicket ticket,
        SessionFeature feature,
        CancellationToken cancellationToken
    )
    {
        var text = protector.Protect(key, ticket);
        var request = feature.Request;
        if (request.Absence is SessionAbsence.Destroyed or SessionAbsence.Gone)
        {
            request.End(SessionAbsence.SignedOut);
        }

        var session = feature.FindOrCreate() ?? throw sessions.Without(feature);
        if (settings.OwnsSession)
        {
            var subject = SubjectOf(ticket.Principal);
            var isRefresh = await BeginSignedInAsync(feature, session, ticket, subject, cancellationToken);
            await sessions.SignInAsync(feature.Request, subject, ticket.Properties.IssuedUtc, isRefresh, cancellationToken);
        }

        request.Change(document => SessionTickets.Set(document, scheme, text));
        CallsOf(request.Context).Text = text;
    }

    private DateTimeOffset Now() => (options.TimeProvider ?? TimeProvider.System).GetUtcNow();

    /// <summary>
    /// Gives the session a new id, and begins an empty one if the former belongs to another user, or has ended. Restarts the absolute
    /// timeout, unless the ticket of a user who is signed in is only refreshed.
    /// </summary>
    /// <returns>Whether the ticket is only refreshed.</returns>
    private async ValueTask<bool> BeginSignedInAsync(
        SessionFeature feature,
        ServerSession session,
        AuthenticationTicket ticket,
        string? subject,
        CancellationToken cancellationToken
    )
    {
        var former = SessionTickets.Find(feature.Request.State!.Document, scheme);
        var known = former is null ? null : protector.Unprotect(former, out _);
        var isRefresh = false;
        try
        {
            if ((former is not null && !IsSameUser(known?.Principal, ticket.Principal)) || IsOtherUser(session, subject))
            {
                await session.BeginAnotherAsync(SessionEndReason.UserChanged, cancellationToken);
            }
            else if (known is not null && known.Properties.IssuedUtc == ticket.Properties.IssuedUtc)
            {
                isRefresh = true;
                await session.RenewIdAsync(cancellationToken);
            }
            else if (feature.Request.State is not { IsNew: true, AtRest: null })
            {
                await session.RenewForSignInAsync(cancellationToken);
            }
        }
        catch (SessionNotFoundException)
        {
            // A parallel request has ended it, or has signed in with it. This sign-in begins with nothing of it.
            feature.Request.End(SessionAbsence.SignedOut);
            feature.FindOrCreate();
        }

        feature.Request.IsSigningIn = !isRefresh;
        SetLifetime(feature.Request, ticket, wasPersistent: known?.Properties.IsPersistent == true);
        return isRefresh;
    }

    /// <summary>
    /// Lets the session's cookie outlive the browser if the sign-in is persistent, unless the options give the cookie a lifetime.
    /// </summary>
    private void SetLifetime(RequestSession request, AuthenticationTicket ticket, bool wasPersistent)
    {
        if (request.Incoming.Options is { MaxAge: not null } or { Expires: not null })
        {
            return;
        }

        var cookie = request.State!.Cookie;
        if (
            ticket.Properties is { IsPersistent: true, ExpiresUtc: { } expires }
            && sessions.LifetimeFor(expires - Now()) is { } lifetime
        )
        {
            cookie.MaxAge = lifetime;
        }
        else if (wasPersistent)
        {
            cookie.MaxAge = null;
        }
    }

    private void SetIfSame(Payload.SessionDocument document, string key, string text)
    {
        if (SessionTickets.Find(document, scheme) is { } there && protector.Unprotect(there, key) is not null)
        {
            SessionTickets.Set(document, scheme, text);
        }
    }

    private string? SubjectOf(ClaimsPrincipal principal) =>
        (settings.SubjectClaimType is { } type ? principal.FindFirst(type) : UserOf(principal))?.Value;

    /// <summary>Whether another user is signed in to the session, perhaps without a ticket.</summary>
    private static bool IsOtherUser(ServerSession session, string? subject) =>
        subject is not null && session.Login is { } login && login.Subject != subject;

    private static bool IsSameUser(ClaimsPrincipal? one, ClaimsPrincipal? other) =>
        UserOf(one) is { } user && UserOf(other) is { } another && user.Value == another.Value && user.Issuer == another.Issuer;

    /// <summary>Returns the claim that names a user. Two providers may give the same value to two users.</summary>
    private static Claim? UserOf(ClaimsPrincipal? principal) =>
        principal?.FindFirst(ClaimTypes.NameIdentifier)
        ?? principal?.FindFirst("sub")
        ?? (principal?.Identity is ClaimsIdentity identity ? principal.FindFirst(identity.NameClaimType) : null);
}
