// Applications look for registration methods in this namespace. Every ASP.NET Core builder is in it.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The builder that <c>AddServerSessions</c> returns. Each backend package adds its <c>AddXStore</c> methods to it.</summary>
public interface IServerSessionBuilder
{
    /// <summary>The service collection in which sessions are registered.</summary>
    IServiceCollection Services { get; }

    /// <summary>
    /// The name of the sessions that are registered: empty for those of <c>AddServerSessions()</c>, else the name that was given to
    /// <c>AddServerSessions(name)</c>. The options have this name, and the store is a keyed service with this key.
    /// </summary>
    string Name => "";
}
