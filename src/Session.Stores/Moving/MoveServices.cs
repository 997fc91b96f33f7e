using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores;

/// <summary>The part of the services to which one of the two stores of a move is added: sessions of a name of their own.</summary>
internal sealed class MovePart(IServerSessionBuilder builder, string side) : IServerSessionBuilder
{
    public IServiceCollection Services => builder.Services;

    public string Name { get; } = NameOf(builder.Name, side);

    /// <summary>Returns a name that no application gives its sessions.</summary>
    public static string NameOf(string name, string side) => $"{name}\u001f{side}";
}

/// <summary>A section of the configuration from which the options of a move are read.</summary>
internal sealed record MoveSection(string Name, IConfiguration Section);

/// <summary>A name of sessions that move. A repeated registration must not start its services twice.</summary>
internal sealed record MoveRegistered(string Name);

/// <summary>Creates the store of a move when the host starts, and refuses two stores that are one.</summary>
internal sealed class MoveStart(IServiceProvider services, string name, ILogger<MovingSessionStore> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var registered = name.Length == 0 ? services.GetService<ISessionStore>() : services.GetKeyedService<ISessionStore>(name);
        if (registered is not MovingSessionStore store)
        {
            // Another store has replaced it.
            return;
        }

        try
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SessionStoreUnavailableException error)
        {
            StoreLog.OpenedLater(logger, error, error.Backend);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Carries the sessions that no request uses, if <see cref="SessionMoveOptions.Drain"/> says so.</summary>
internal sealed class MoveDrain(
    IServiceProvider services,
    string name,
    MoveModes modes,
    TimeProvider timeProvider,
    ILogger<MovingSessionStore> logger
) : BackgroundService
{
    // Instances that stay, and Node, may still begin sessions in the source.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var registered = name.Length == 0 ? services.GetService<ISessionStore>() : services.GetKeyedService<ISessionStore>(name);
        if (registered is not MovingSessionStore store || !modes.Current.Drain)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            if (store.Mode != SessionMoveMode.Stay)
            {
                await DrainAsync(store, stoppingToken).ConfigureAwait(false);
            }

            await Task.Delay(Pause, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task DrainAsync(MovingSessionStore store, CancellationToken stoppingToken)
    {
        var route = store.Route;
        try
        {
            var options = new StoreDrainOptions { SessionsPerSecond = modes.Current.SessionsPerSecond };
            var result = await StoreMove.DrainAsync(store, options, null, stoppingToken).ConfigureAwait(false);
            if (result.Left > 0)
            {
                MoveLog.DrainLeft(logger, result.Failure, result.Left, route.Second.Name, route.First.Name);
            }
            else if (result.Moved > 0)
            {
                MoveLog.Drained(logger, result.Moved, route.Second.Name, route.First.Name);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // A background service has no caller. The next run goes on where this one ended.
            MoveLog.DrainFailed(logger, failure);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }
}
