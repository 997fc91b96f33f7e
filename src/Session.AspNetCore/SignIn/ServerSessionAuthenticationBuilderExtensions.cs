using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the tickets of cookie authentication on the server.</summary>
public static class ServerSessionAuthenticationBuilderExtensions
{
    /// <summary>
    /// Keeps the tickets of cookie authentication in the server session. A sign-in gives the session a new id. A sign-out ends the
    /// session, and a session that ends in any other way signs out. The authentication cookie is valid only together with the
    /// session's cookie.
    /// </summary>
    /// <remarks>
    /// A ticket is encrypted with Data Protection, like the authentication cookie itself. The user is signed in until the ticket expires or
    /// the session ends, whichever comes first. Call <c>UseServerSessions()</c> in front of <c>UseAuthentication()</c>. The application
    /// does not start if a scheme does not exist or is not a cookie scheme.
    /// </remarks>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationSchemes">
    /// The cookie schemes. None: the default authenticate scheme, which is <c>Identity.Application</c> with ASP.NET Core Identity.
    /// </param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder KeepTicketsInServerSession(
        this AuthenticationBuilder builder,
        params string[] authenticationSchemes
    ) => Add(builder, authenticationSchemes, static scheme => new TicketScheme(scheme, IsApart: false, null));

    /// <inheritdoc cref="KeepTicketsInServerSession(AuthenticationBuilder, string[])" path="/summary"/>
    /// <inheritdoc cref="KeepTicketsInServerSession(AuthenticationBuilder, string[])" path="/remarks"/>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationScheme">The cookie scheme.</param>
    /// <param name="configure">Sets how the scheme uses the session.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder KeepTicketsInServerSession(
        this AuthenticationBuilder builder,
        string authenticationScheme,
        Action<ServerSessionTicketOptions> configure
    )
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(builder, [authenticationScheme], scheme => new TicketScheme(scheme, IsApart: false, configure));
    }

    /// <summary>
    /// Keeps the tickets of cookie authentication in the session store, each in a record of its own. Ticket and session then have two
    /// lifetimes: neither a sign-in nor a sign-out changes the session.
    /// </summary>
    /// <remarks>
    /// The authentication cookie alone signs in, as without a ticket store. A sign-in gives the ticket a new key, and a sign-out removes
    /// the ticket, so that copies of the cookie are worthless. The record expires with the ticket. A ticket is encrypted with Data
    /// Protection. The store also lists and counts the records of tickets.
    /// </remarks>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="authenticationSchemes">
    /// The cookie schemes. None: the default authenticate scheme, which is <c>Identity.Application</c> with ASP.NET Core Identity.
    /// </param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder KeepTicketsInSessionStore(
        this AuthenticationBuilder builder,
        params string[] authenticationSchemes
    ) => Add(builder, authenticationSchemes, static scheme => new TicketScheme(scheme, IsApart: true, null));

    private static AuthenticationBuilder Add(
        AuthenticationBuilder builder,
        string[] authenticationSchemes,
        Func<string?, TicketScheme> create
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(authenticationSchemes);
        foreach (var scheme in authenticationSchemes)
        {
            ArgumentException.ThrowIfNullOrEmpty(scheme, nameof(authenticationSchemes));
        }

        IEnumerable<string?> names = authenticationSchemes.Length > 0 ? authenticationSchemes : new string?[1];
        var services = builder.Services;
        services.Configure<TicketSchemes>(schemes => schemes.All.AddRange(names.Select(create)));
        services.AddOptions<TicketStart>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TicketStart>, TicketSchemesValidator>());
        services.TryAddSingleton<TicketCookies>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<CookieAuthenticationOptions>, TicketCookies>(Shared)
        );
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CookieAuthenticationOptions>, TicketCookies>(Shared));
        return builder;

        static TicketCookies Shared(IServiceProvider provider) => provider.GetRequiredService<TicketCookies>();
    }
}
