using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerSessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers handlers of the events of sessions.</summary>
public static class ServerSessionEventExtensions
{
    private const int DefaultCapacity = 1024;

    /// <summary>
    /// Registers a handler of the events of these sessions, beside those that are registered. The service container creates one object of
    /// the class, and disposes it. Requests wait for the handler; see <see cref="IServerSessionEvents"/>. Idempotent.
    /// </summary>
    /// <typeparam name="THandler">The class of the handler.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddEvents<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler
    >(this IServerSessionBuilder builder)
        where THandler : class, IServerSessionEvents
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<THandler>();
        return Add(builder, new Registered(typeof(THandler), builder.Name), static services => services.GetRequiredService<THandler>());
    }

    /// <summary>
    /// Registers a handler that may be slow: one that sends mail or calls a service. It is called beside the requests, one event after the
    /// other. If the queue is full, new events are dropped; the counter <c>server_session.events.dropped</c> counts them. When the host
    /// stops, it waits for what is queued, within its own timeout. Idempotent.
    /// </summary>
    /// <typeparam name="THandler">The class of the handler.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="capacity">The most events that wait; 1 or more. Default 1,024.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    public static IServerSessionBuilder AddQueuedEvents<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler
    >(this IServerSessionBuilder builder, int capacity = DefaultCapacity)
        where THandler : class, IServerSessionEvents
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        builder.Services.TryAddSingleton<THandler>();
        if (builder.Services.Any(static service => service.ServiceType == typeof(Queue<THandler>)))
        {
            return Add(builder, new Registered(typeof(Queue<THandler>), builder.Name), Events<THandler>);
        }

        // One queue for one handler, also if several names of sessions have it.
        builder.Services.AddSingleton(services => new Queue<THandler>(
            new QueuedEvents(
                services.GetRequiredService<THandler>(),
                capacity,
                services.GetRequiredService<ServerSessionMetrics>(),
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<QueuedEvents>>()
            )
        ));
        builder.Services.AddSingleton<IHostedService>(static services => Events<THandler>(services));
        return Add(builder, new Registered(typeof(Queue<THandler>), builder.Name), Events<THandler>);
    }

    /// <summary>
    /// Writes the events to the log, in the category <c>ServerSessions.LoggedEvents</c>, without the user. Sign-ins and ends have the level
    /// Information, rejected requests Warning. Rejected requests are logged at most once a minute for each reason. Idempotent.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddLoggedEvents(this IServerSessionBuilder builder) => builder.AddEvents<LoggedEvents>();

    /// <summary>
    /// Writes an audit trail to the log category <c>ServerSessions.Audit</c>, in the words of OWASP's logging vocabulary, with the user and
    /// the handle of the sign-in. Both are personal data. Idempotent.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IServerSessionBuilder AddAuditedEvents(this IServerSessionBuilder builder) => builder.AddEvents<AuditedEvents>();

    private static QueuedEvents Events<THandler>(IServiceProvider services)
        where THandler : class, IServerSessionEvents => services.GetRequiredService<Queue<THandler>>().Events;

    private static IServerSessionBuilder Add(
        IServerSessionBuilder builder,
        Registered registered,
        Func<IServiceProvider, IServerSessionEvents> find
    )
    {
        if (builder.Services.Any(service => !service.IsKeyedService && registered.Equals(service.ImplementationInstance)))
        {
            return builder;
        }

        builder.Services.AddSingleton(registered);
        builder.Services.Add(
            builder.Name.Length == 0
                ? ServiceDescriptor.Singleton(find)
                : ServiceDescriptor.KeyedSingleton(builder.Name, (services, _) => find(services))
        );
        return builder;
    }

    /// <summary>A handler that is registered for the sessions of a name.</summary>
    private sealed record Registered(Type Handler, string Name);

    /// <summary>The queue of a handler.</summary>
    private sealed record Queue<THandler>(QueuedEvents Events);
}
