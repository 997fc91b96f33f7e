using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ServerSessions.SignIn.Tests.External;

/// <summary>
/// An OpenID provider on a site of its own: OpenIddict's server without a database. Its user is signed in and consents at once.
/// </summary>
internal static class LoginProvider
{
    public const string Client = "shop";

    /// <summary>The provider's id of its own session with the user, the claim <c>sid</c>.</summary>
    public const string SessionId = "session-1-at-login.test";

    // Once for all tests: OpenIddict's own ephemeral keys have 4,096 bits, and each takes seconds to make.
    private static readonly RsaSecurityKey EncryptionKey = new(RSA.Create(2048));
    private static readonly RsaSecurityKey SigningKey = new(RSA.Create(2048));

    public static Task<Site> StartAsync() =>
        Site.StartAsync(
            "login.test",
            static builder =>
                builder
                    .Services.AddOpenIddict()
                    .AddServer(static options =>
                    {
                        options
                            .SetAuthorizationEndpointUris("connect/authorize")
                            .SetTokenEndpointUris("connect/token")
                            .AllowAuthorizationCodeFlow()
                            .RegisterScopes(Scopes.Profile)
                            .EnableDegradedMode()
                            .AddEncryptionKey(EncryptionKey)
                            .AddSigningKey(SigningKey);
                        options.UseAspNetCore();
                        options.AddEventHandler<ValidateAuthorizationRequestContext>(static handler =>
                            handler.UseInlineHandler(static context =>
                            {
                                if (
                                    context.ClientId != Client
                                    || !Uri.TryCreate(context.RedirectUri, UriKind.Absolute, out var uri)
                                    || uri.Host != "shop.test"
                                )
                                {
                                    context.Reject(Errors.InvalidRequest, "Another client, or another address.");
                                }

                                return ValueTask.CompletedTask;
                            })
                        );
                        options.AddEventHandler<ValidateTokenRequestContext>(static handler =>
                            handler.UseInlineHandler(static context =>
                            {
                                if (context.ClientId != Client)
                                {
                                    context.Reject(Errors.InvalidClient, "Another client.");
                                }

                                return ValueTask.CompletedTask;
                            })
                        );
                        options.AddEventHandler<HandleAuthorizationRequestContext>(static handler =>
                            handler.UseInlineHandler(static context =>
                            {
                                var identity = new ClaimsIdentity("Password", Claims.Name, Claims.Role);
                                identity
                                    .SetClaim(Claims.Subject, "ada-at-login.test")
                                    .SetClaim(Claims.Name, "ada")
                                    .SetClaim("sid", SessionId);
                                identity.SetScopes(context.Request.GetScopes());
                                identity.SetDestinations(static _ => [Destinations.IdentityToken]);
                                context.SignIn(new ClaimsPrincipal(identity));
                                return ValueTask.CompletedTask;
                            })
                        );
                    }),
            static app => app.UseAuthentication()
        );
}
