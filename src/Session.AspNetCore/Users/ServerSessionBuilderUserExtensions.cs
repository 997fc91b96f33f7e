using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the sessions of each user: list them, end them, limit them.</summary>
public static class ServerSessionBuilderUserExtensions
{
    /// <summary>
    /// Tracks which sessions a user has. <see cref="ServerSession.SignInAsync"/> signs a user in, and <see cref="IUserSessions"/> lists and
    /// ends the user's sessions. A usual request makes no further store call; a sign-in, a renewal and a sign-out do.
    /// </summary>
    /// <remarks>
    /// The lists of users' sessions are kept beside the sessions, on the same backend: under the key prefix <c>sess-users:</c>, in a table
    /// or collection with <c>_users</c> at the end of its name, in a folder with <c>-users</c>. With a store that cannot do that, call
    /// <see cref="AddUserIndexStore"/>. Both stores must be able to compare and set; otherwise the application does not start, with
    /// <see cref="UserIndexStoreException"/>.
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options. <see langword="null"/>: the defaults.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddUserSessions(this IServerSessionBuilder builder, Action<UserSessionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var (services, name) = (builder.Services, builder.Name);
        services.AddOptions<UserSessionOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(name, configure);
        }

        if (NamedServices.HasUserSessions(services, name))
        {
            return builder;
        }

        services.AddSingleton(new UserSessionsName(name));
        services.TryAddSingleton<UserSessionMaps>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UserSessionOptions>, UserSessionOptionsValidator>());
        services.AddSingleton<IHostedService>(provider => new UserIndexOpening(
            NamedServices.Runtimes(provider, name),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<UserIndexOpening>>()
        ));
        if (name.Length == 0)
        {
            services.TryAddSingleton<IUserSessions>(provider => new UserSessions(NamedServices.Runtimes(provider, name)));
        }
        else
        {
            services.TryAddKeyedSingleton<IUserSessions>(
                name,
                (provider, _) => new UserSessions(NamedServices.Runtimes(provider, name))
            );
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, FreshSignInHandler>());
        FreshSignInResult.AddTo(services);
        return builder;
    }

    /// <summary>
    /// Sets the store of the lists of users' sessions, in place of one beside the session store. For a session store that is not an
    /// <see cref="ISiblingSessionStore"/>: give a second store of the same kind on the same server, under another name.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="create">
    /// Creates the store; called once. It must implement <see cref="IConditionalSessionStore"/>, and must not be the session store. The
    /// service container disposes it.
    /// </param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddUserIndexStore(this IServerSessionBuilder builder, Func<IServiceProvider, ISessionStore> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(create);
        var name = builder.Name;
        builder.Services.AddSingleton(provider => new UserIndexStore(name, create(provider)));
        return builder;
    }
}
