using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.Testing;

/// <summary>What a store is added to, without the middleware.</summary>
public sealed record ServerSessionBuilder(IServiceCollection Services) : IServerSessionBuilder;
