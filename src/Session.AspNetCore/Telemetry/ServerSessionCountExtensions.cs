using Microsoft.Extensions.Hosting;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the gauge of the number of sessions.</summary>
public static class ServerSessionCountExtensions
{
    private static readonly TimeSpan Default = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Counts the sessions of the store at each interval, beside the requests, for the gauge <c>server_session.count</c>. A count costs the
    /// store time: 6 seconds for a million sessions in Redis, 66 seconds for 765,000 files (docs/growth.md). Every instance that has this
    /// counts the same store: register it in one instance, or take the maximum.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="interval">The time between two counts; 1 minute or more. Default 5 minutes.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is less than a minute.</exception>
    public static IServerSessionBuilder AddSessionCount(this IServerSessionBuilder builder, TimeSpan? interval = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var wait = interval ?? Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(wait, Shortest, nameof(interval));
        var name = builder.Name;
        builder.Services.AddSingleton<IHostedService>(services => new SessionCounting(services, name, wait));
        return builder;
    }
}
