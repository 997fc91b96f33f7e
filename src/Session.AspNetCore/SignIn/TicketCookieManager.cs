using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions;

/// <summary>
/// Puts the key that a sign-in has given a ticket into the authentication cookie. The cookie handler keeps the former key, because a ticket
/// store cannot return another one.
/// </summary>
internal sealed class TicketCookieManager(CookieAuthenticationOptions options, SeparateTicketStore store) : ICookieManager
{
    // The claim in which the cookie handler keeps the key.
    private const string KeyClaim = "Microsoft.AspNetCore.Authentication.Cookies-SessionId";

    private readonly ICookieManager _inner = options.CookieManager;

    public string? GetRequestCookie(HttpContext context, string key) => _inner.GetRequestCookie(context, key);

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions cookie) =>
        _inner.AppendResponseCookie(
            context,
            key,
            value is not null && key == options.Cookie.Name && store.NewKeyOf(context) is { } newKey
                ? WithKey(context, value, newKey)
                : value,
            cookie
        );

    public void DeleteCookie(HttpContext context, string key, CookieOptions cookie) => _inner.DeleteCookie(context, key, cookie);

    private string WithKey(HttpContext context, string value, string newKey)
    {
        var binding = context.Features.Get<ITlsTokenBindingFeature>();
        var purpose = binding?.GetProvidedTokenBindingId() is { } id ? Convert.ToBase64String(id) : null;
        if (options.TicketDataFormat.Unprotect(value, purpose) is not { Principal.Identity: ClaimsIdentity identity } ticket)
        {
            throw new InvalidOperationException(
                "The authentication cookie was not sent: CookieAuthenticationOptions.TicketDataFormat cannot read what it has written."
            );
        }

        var claims = identity.Claims.Select(claim =>
            claim.Type == KeyClaim ? new Claim(KeyClaim, newKey, claim.ValueType, claim.Issuer) : claim
        );
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, identity.AuthenticationType));
        return options.TicketDataFormat.Protect(
            new AuthenticationTicket(principal, ticket.Properties, ticket.AuthenticationScheme),
            purpose
        );
    }
}
