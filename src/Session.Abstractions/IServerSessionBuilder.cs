// In the namespace where applications look for registration methods, as every ASP.NET Core builder is.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What <c>AddServerSessions</c> returns; each backend package adds its <c>AddXStore</c> methods to it.</summary>
public interface IServerSessionBuilder
{
    /// <summary>The services that sessions are registered in.</summary>
    IServiceCollection Services { get; }
}
