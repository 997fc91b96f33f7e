using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Stores.Memory;

/// <summary>Creates the memory store from the URL <c>memory:</c>, with nothing after it.</summary>
public sealed class MemorySessionStoreProvider : SessionStoreProvider
{
    /// <inheritdoc/>
    public override string Name => "memory";

    /// <inheritdoc/>
    public override IReadOnlyList<string> UrlPrefixes => ["memory:"];

    /// <inheritdoc/>
    public override void AddStore(IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);
        if (!url.Equals("memory:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("The URL of the memory store is 'memory:', with nothing after it.", nameof(url));
        }

        builder.AddMemoryStore();
    }

    /// <summary>Registers the memory store. It has no connection: the connection string must be empty.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">The empty string.</param>
    /// <exception cref="ArgumentException">The connection string is not empty.</exception>
    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString)
    {
        if (!string.IsNullOrEmpty(connectionString))
        {
            throw new ArgumentException("The memory store takes no connection string.", nameof(connectionString));
        }

        builder.AddMemoryStore();
    }
}
