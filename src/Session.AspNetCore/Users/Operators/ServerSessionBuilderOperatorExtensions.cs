using Microsoft.Extensions.DependencyInjection.Extensions;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what an operator sees of sessions, and does with them.</summary>
public static class ServerSessionBuilderOperatorExtensions
{
    /// <summary>
    /// Registers <see cref="IServerSessionOperator"/>, for pages and commands of operators. The package <c>Session.Dashboard</c> does so by
    /// itself. With <c>AddUserSessions</c> it also finds and ends the sessions of users.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddSessionOperator(this IServerSessionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name;
        if (name.Length == 0)
        {
            builder.Services.TryAddSingleton<IServerSessionOperator>(provider => Create(provider, name));
        }
        else
        {
            builder.Services.TryAddKeyedSingleton<IServerSessionOperator>(name, (provider, _) => Create(provider, name));
        }

        return builder;
    }

    private static ServerSessionOperator Create(IServiceProvider services, string name)
    {
        // First: without a store this says what to do.
        var runtimes = NamedServices.Runtimes(services, name);
        return new ServerSessionOperator(runtimes, runtimes.Current.Options.Store ?? NamedServices.Store(services, name)!);
    }
}
