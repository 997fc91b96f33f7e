using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions;

/// <summary>
/// The services of one name of sessions. Those of the empty name are not keyed: a service container without keyed services can have them.
/// </summary>
internal static class NamedServices
{
    /// <summary>Returns how a message calls the sessions of a name, in the middle of a sentence.</summary>
    public static string Describe(string name) =>
        name.Length == 0 ? "the server sessions without a name" : $"the server sessions '{name}'";

    public static ServerSessionOptions Options(IServiceProvider services, string name) =>
        name.Length == 0
            ? services.GetRequiredService<IOptions<ServerSessionOptions>>().Value
            : services.GetRequiredService<IOptionsMonitor<ServerSessionOptions>>().Get(name);

    public static ISessionStore? Store(IServiceProvider services, string name) =>
        name.Length == 0 ? services.GetService<ISessionStore>() : services.GetKeyedService<ISessionStore>(name);

    public static AspNetCoreSessions? OldSessions(IServiceProvider services, string name) =>
        name.Length == 0 ? services.GetService<AspNetCoreSessions>() : services.GetKeyedService<AspNetCoreSessions>(name);

    public static PruneWatch PruneWatch(IServiceProvider services, string name) =>
        name.Length == 0 ? services.GetRequiredService<PruneWatch>() : services.GetRequiredKeyedService<PruneWatch>(name);

    public static IEnumerable<IServerSessionEvents> Events(IServiceProvider services, string name) =>
        name.Length == 0 ? services.GetServices<IServerSessionEvents>() : services.GetKeyedServices<IServerSessionEvents>(name);

    /// <exception cref="InvalidOperationException">No sessions of this name are registered.</exception>
    public static SessionRuntimes Runtimes(IServiceProvider services, string name) =>
        name.Length == 0
            ? services.GetService<SessionRuntimes>()
                ?? throw new InvalidOperationException(
                    "Server sessions are not registered. Call builder.Services.AddServerSessions(...) first."
                )
            : services.GetKeyedService<SessionRuntimes>(name)
                ?? throw new InvalidOperationException(
                    $"No server sessions named '{name}' are registered. Call builder.Services.AddServerSessions(\"{name}\", ...) first. "
                        + "Names are compared with regard to case."
                );

    /// <summary>Whether the users of the sessions of a name are tracked.</summary>
    public static bool HasUserSessions(IServiceCollection services, string name) =>
        services.Any(service => !service.IsKeyedService && service.ImplementationInstance is UserSessionsName known && known.Value == name);

    /// <summary>Whether a service of this type and name is registered.</summary>
    public static bool Has(IServiceCollection services, Type type, string name) =>
        services.Any(service =>
            service.ServiceType == type && (name.Length == 0 ? !service.IsKeyedService : name.Equals(service.ServiceKey))
        );
}

/// <summary>A name of sessions that is registered.</summary>
internal sealed record SessionsName(string Value);
