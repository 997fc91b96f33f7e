using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Redis.Engine;

namespace ServerSessions.Stores.Redis;

/// <summary>
/// <c>redis://[[user]:password@]host[:port][,host[:port]…][/database]</c>, and <c>rediss://…</c> for TLS. User and password are percent-decoded; the port is
/// 6379 where none is named; an IPv6 address stands in square brackets.
/// </summary>
public sealed class RedisSessionStoreUrl : ISessionStoreUrl
{
    /// <inheritdoc/>
    public void AddStore(IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);
        if (!RedisUrl.IsUrl(url))
        {
            throw new ArgumentException("The URL of a Redis store starts with 'redis://' or 'rediss://'.", nameof(url));
        }

        if (!RedisUrl.TryParse(url, out _, out var error))
        {
            throw new ArgumentException($"The URL of the Redis store {error}", nameof(url));
        }

        builder.AddRedisStore(url);
    }

    /// <inheritdoc/>
    public void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) => builder.AddRedisStore(connectionString);
}
