using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives Blazor components access to the session.</summary>
public static class ServerSideBlazorBuilderSessionExtensions
{
    /// <summary>
    /// Registers <see cref="IServerSessionAccessor"/>, with which a component reads and changes the session in static rendering, in
    /// prerendering and in a circuit. Call it on the result of <c>AddInteractiveServerComponents()</c> or <c>AddServerSideBlazor()</c>.
    /// </summary>
    /// <param name="builder">The builder of interactive server components.</param>
    /// <returns>The same builder.</returns>
    public static IServerSideBlazorBuilder AddServerSessionAccessor(this IServerSideBlazorBuilder builder) =>
        builder.AddServerSessionAccessor("");

    /// <summary>
    /// Registers <see cref="IServerSessionAccessor"/> for the sessions of a name, as a keyed service:
    /// <c>[Inject(Key = "admin")] IServerSessionAccessor</c>.
    /// </summary>
    /// <param name="builder">The builder of interactive server components.</param>
    /// <param name="name">The name given to <c>AddServerSessions</c>. The empty name is that of the sessions without one.</param>
    /// <returns>The same builder.</returns>
    public static IServerSideBlazorBuilder AddServerSessionAccessor(this IServerSideBlazorBuilder builder, string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var services = builder.Services;
        if (!services.Any(static service => service.ServiceType == typeof(CircuitScope)))
        {
            services.AddHttpContextAccessor();
            services.AddScoped<CircuitScope>();
            services.AddScoped<CircuitHandler, CircuitStart>();
            builder.AddHubOptions(static options => options.AddFilter(new CircuitConnections()));
        }

        if (name.Length == 0)
        {
            services.TryAddScoped<IServerSessionAccessor>(static provider => Create(provider, ""));
        }
        else
        {
            services.TryAddKeyedScoped<IServerSessionAccessor>(name, static (provider, key) => Create(provider, (string)key!));
        }

        return builder;
    }

    private static ServerSessionAccessor Create(IServiceProvider provider, string name) =>
        new(provider.GetRequiredService<CircuitScope>(), provider.GetRequiredService<IHttpContextAccessor>(), name);
}
