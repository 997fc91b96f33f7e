using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions;

/// <summary>The application's cookie events, with which the ticket store learns what a call of the handler is for.</summary>
internal sealed class TicketEvents : CookieAuthenticationEvents
{
    private readonly CookieAuthenticationEvents _inner;
    private readonly Type? _type;
    private readonly TicketStore _store;

    public TicketEvents(CookieAuthenticationOptions options, TicketStore store) =>
        (_inner, _type, _store) = (options.Events, options.EventsType, store);

    public override async Task CheckSlidingExpiration(CookieSlidingExpirationContext context)
    {
        await EventsOf(context.HttpContext).CheckSlidingExpiration(context);
        if ((EndpointRulesReader.Of(context.HttpContext.GetEndpoint(), "") & (EndpointRules.NotExtended | EndpointRules.ReadOnly)) != 0)
        {
            // An open page that polls must not keep its user signed in.
            context.ShouldRenew = false;
        }
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        _store.OnValidating(context.HttpContext, isValidating: true);
        await EventsOf(context.HttpContext).ValidatePrincipal(context);
        _store.OnValidating(context.HttpContext, isValidating: false);
        if (context.Principal is null)
        {
            _store.OnRejected(context.HttpContext);
        }
    }

    public override async Task SigningIn(CookieSigningInContext context)
    {
        await EventsOf(context.HttpContext).SigningIn(context);
        _store.OnSigningIn(context.HttpContext);
    }

    public override Task SignedIn(CookieSignedInContext context) => EventsOf(context.HttpContext).SignedIn(context);

    public override async Task SigningOut(CookieSigningOutContext context)
    {
        await _store.OnSigningOutAsync(context.HttpContext);
        await EventsOf(context.HttpContext).SigningOut(context);
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) =>
        EventsOf(context.HttpContext).RedirectToLogin(context);

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context) =>
        EventsOf(context.HttpContext).RedirectToAccessDenied(context);

    public override Task RedirectToLogout(RedirectContext<CookieAuthenticationOptions> context) =>
        EventsOf(context.HttpContext).RedirectToLogout(context);

    public override Task RedirectToReturnUrl(RedirectContext<CookieAuthenticationOptions> context) =>
        EventsOf(context.HttpContext).RedirectToReturnUrl(context);

    private CookieAuthenticationEvents EventsOf(HttpContext context) =>
        _type is null ? _inner : (CookieAuthenticationEvents)context.RequestServices.GetRequiredService(_type);
}
