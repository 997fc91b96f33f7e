using Microsoft.Extensions.DependencyInjection;
using ServerSessions.Stores.Redis.Connection;

namespace ServerSessions.Stores.Redis;

/// <summary>
/// Creates the Redis store from <c>redis://[[user]:password@]host[:port][,host[:port]…][/database]</c>, or <c>rediss://…</c> for TLS. User
/// and password are percent-decoded. The default port is 6379. An IPv6 address is in square brackets.
/// </summary>
public sealed class RedisSessionStoreProvider : SessionStoreProvider
{
    /// <inheritdoc/>
    public override string Name => "redis";

    /// <inheritdoc/>
    public override IReadOnlyList<string> UrlPrefixes => ["redis://", "rediss://"];

    /// <inheritdoc/>
    public override string? ExampleConnectionString => "localhost:6379";

    /// <summary>Returns whether a string begins with a host and a port. The host may have any name, also <c>memory</c>.</summary>
    /// <inheritdoc/>
    public override bool RecognizesConnectionString(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var colon = connectionString.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || connectionString.AsSpan(0, colon).ContainsAny('=', ';', '/'))
        {
            return false;
        }

        var rest = connectionString.AsSpan(colon + 1);
        var digits = rest.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : rest.Length;
        return digits > 0 && (digits == rest.Length || rest[digits] == ',');
    }

    /// <inheritdoc/>
    public override void AddStore(IServerSessionBuilder builder, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);
        if (!RedisUrl.IsUrl(url))
        {
            throw new ArgumentException("The URL of a Redis store starts with 'redis://' or 'rediss://'.", nameof(url));
        }

        if (!RedisConnectionString.TryParse(url, out _, out var error))
        {
            throw new ArgumentException($"The URL of the Redis store {error}", nameof(url));
        }

        builder.AddRedisStore(url);
    }

    /// <inheritdoc/>
    public override void AddStoreFromConnectionString(IServerSessionBuilder builder, string connectionString) =>
        builder.AddRedisStore(connectionString);
}
