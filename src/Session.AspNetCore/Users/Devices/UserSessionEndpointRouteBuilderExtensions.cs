using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerSessions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoints at which a user sees and ends sessions.</summary>
public static class UserSessionEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps a page and an API of the sessions of the user who is signed in: which they are, to end one, to end all others. For a user who
    /// is signed in with <see cref="ServerSession.SignInAsync"/>, or with cookie authentication whose ticket is kept in the session.
    /// </summary>
    /// <remarks>
    /// <para><c>GET pattern</c> is a page, or JSON for <c>Accept: application/json</c>. <c>POST pattern/end</c> and
    /// <c>POST pattern/end-others</c> are for its forms, and redirect to it. <c>DELETE pattern/{handle}</c> and
    /// <c>DELETE pattern/end-others</c> are for scripts. Each request that ends sessions needs an antiforgery token.</para>
    /// <para>A handle that the user never had is 404. A session that has ended already is a success, if the request is one that the list
    /// has offered. Without a sign-in the scheme challenges; without a scheme it is 401. If the store fails, it is 503.</para>
    /// <para>To show the list in a page of the application, call <c>HttpContext.RenderUserSessionsAsync()</c> there.</para>
    /// </remarks>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="configure">Sets the options. <see langword="null"/>: the defaults.</param>
    /// <returns>A builder of all these endpoints.</returns>
    /// <exception cref="InvalidOperationException">
    /// A service is missing, <see cref="UserSessionEndpointOptions.FreshSignInWithin"/> is not more than zero, or the sessions of this name
    /// are mapped already.
    /// </exception>
    public static IEndpointConventionBuilder MapUserSessions(
        this IEndpointRouteBuilder endpoints,
        string pattern = "/account/sessions",
        Action<UserSessionEndpointOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var options = new UserSessionEndpointOptions();
        configure?.Invoke(options);
        var services = endpoints.ServiceProvider;
        var users = Users(services, options.SessionName);
        var antiforgery = Require<IAntiforgery>(services, "AddAntiforgery()");
        var handles = new ListedHandles(services.GetRequiredService<IDataProtectionProvider>());
        var links = new UserSessionLinks(services.GetRequiredService<LinkGenerator>(), options);
        var part = new UserSessionPart(options, links, handles, users, antiforgery, services.GetRequiredService<TimeProvider>());
        services.GetRequiredService<UserSessionMaps>().Add(options.SessionName, part);

        var pages = new UserSessionEndpoints(
            options,
            part,
            links,
            handles,
            users,
            antiforgery,
            services.GetRequiredService<ILogger<ServerSessionMiddleware>>()
        );
        var group = endpoints.MapGroup(pattern);
        group.MapGet("", (RequestDelegate)pages.ListAsync).WithName(links.NameOf(nameof(links.List)));
        group.MapGet("end", (RequestDelegate)pages.ReturnAsync);
        group.MapGet("end-others", (RequestDelegate)pages.ReturnAsync);
        group
            .MapGet(UserSessionPage.StyleSheet.FileName, (RequestDelegate)UserSessionPage.StyleSheet.WriteAsync)
            .WithName(links.NameOf(nameof(links.StyleSheet)));
        MapEnding(group, options, pages, links, services);
        return group;
    }

    private static void MapEnding(
        RouteGroupBuilder group,
        UserSessionEndpointOptions options,
        UserSessionEndpoints pages,
        UserSessionLinks links,
        IServiceProvider services
    )
    {
        var ending = group.MapGroup("");
        if (options.FreshSignInWithin is { } within)
        {
            Require<IAuthorizationService>(services, "AddAuthorization()");
            ending.RequireAuthorization(
                new AuthorizationPolicyBuilder().AddRequirements(new FreshSignInRequirement(within, options.SessionName)).Build()
            );
        }

        ending.MapPost("end", (RequestDelegate)pages.PostEndAsync).WithName(links.NameOf(nameof(links.End)));
        ending.MapPost("end-others", (RequestDelegate)pages.PostEndOthersAsync).WithName(links.NameOf(nameof(links.EndOthers)));
        ending.MapDelete("{handle}", (RequestDelegate)pages.DeleteAsync).WithName(links.NameOf(nameof(links.EndOne)));
        ending.MapDelete("end-others", (RequestDelegate)pages.DeleteOthersAsync);
    }

    private static IUserSessions Users(IServiceProvider services, string name) =>
        (name.Length == 0 ? services.GetService<IUserSessions>() : services.GetKeyedService<IUserSessions>(name))
        ?? throw Missing($"AddServerSessions(...).AddUserSessions() for {NamedServices.Describe(name)}");

    private static T Require<T>(IServiceProvider services, string call)
        where T : class => services.GetService<T>() ?? throw Missing(call);

    private static InvalidOperationException Missing(string call) =>
        new($"The sessions of users were not mapped: a service is missing. Call builder.Services.{call}.");
}
