using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerSessions.Stores;
using ServerSessions.Stores.Memory;

namespace ServerSessions;

/// <summary>Creates what all requests share. Logs once, at start, settings that are valid but probably a mistake.</summary>
internal static class SessionRuntimeFactory
{
    /// <summary>
    /// The service key of a <see cref="TimeProvider"/> for pauses between attempts. Only a simulation that must be reproducible registers
    /// one.
    /// </summary>
    private const string PauseClockKey = "Session.PauseClock";

    public static SessionRuntime Create(IServiceProvider services, string name)
    {
        var options = NamedServices.Options(services, name);
        var logger = services.GetRequiredService<ILogger<ServerSessionMiddleware>>();
        var store = options.Store
            ?? NamedServices.Store(services, name)
            ?? throw new InvalidOperationException("No session store is registered. Call an AddXStore method on the builder.");
        if (store is MovingSessionStore && options.ParallelWrites != SessionParallelWrites.Merge)
        {
            throw new InvalidOperationException(
                $"Sessions move between two stores, and {nameof(ServerSessionOptions.ParallelWrites)} is {options.ParallelWrites}: a write "
                    + $"could undo a sign-out or lose what was carried. Set it to {SessionParallelWrites.Merge}."
            );
        }

        Advise(options, store, services.GetService<IHostEnvironment>(), logger);
        return new SessionRuntime(
            name,
            options,
            store,
            services.GetRequiredService<TimeProvider>(),
            (services as IKeyedServiceProvider)?.GetKeyedService(typeof(TimeProvider), PauseClockKey) as TimeProvider
                ?? TimeProvider.System,
            services.GetRequiredService<ServerSessionMetrics>(),
            logger,
            NamedServices.Events(services, name),
            NamedServices.OldSessions(services, name),
            UserStoresFactory.Create(services, name, options, store)
        );
    }

    /// <summary>Logs secrets that are valid but probably a mistake, also after a reload.</summary>
    public static void AdviseOnSecrets(IReadOnlyList<string> secrets, ILogger logger)
    {
        if (SecretRules.HasShort(secrets))
        {
            Log.ShortSecret(logger);
        }

        if (SecretRules.HasGuessable(secrets))
        {
            Log.GuessableSecret(logger);
        }

        if (SecretRules.HasRepeated(secrets))
        {
            Log.RepeatedSecret(logger);
        }
    }

    private static void Advise(ServerSessionOptions options, ISessionStore store, IHostEnvironment? environment, ILogger logger)
    {
        if (store is MemorySessionStore && environment?.IsProduction() == true)
        {
            Log.MemoryStoreInProduction(logger);
        }

        AdviseOnSecrets(SecretRules.All(options), logger);
        if (options.PayloadProtector is DataProtectionPayloadProtector { AcceptsForgeries: true } protector)
        {
            Log.DataProtectionAcceptsForgeries(logger, protector.Version);
        }

        if (
            store is not ITouchableSessionStore
            && !options.Resave
            && (
                (options.Cookie.MaxAge ?? options.IdleTimeout ?? options.AbsoluteTimeout) is not null
                || options.CookiePerRequest is not null
            )
        )
        {
            Log.StoreCannotTouch(logger);
        }

        if (store is not IConditionalSessionStore && options.ParallelWrites == SessionParallelWrites.Merge)
        {
            Log.StoreCannotMerge(logger);
        }
    }
}
