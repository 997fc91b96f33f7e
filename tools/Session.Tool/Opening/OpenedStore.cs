using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions.Stores;
using ServerSessions.Tool.Output;
using ServerSessions.Tool.Sessions;

namespace ServerSessions.Tool.Opening;

/// <summary>A store, and what it can do.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private OpenedStore(ServiceProvider services, StoreAddress address, ProtectionKeys? keys, ISessionStore? store = null)
    {
        (_services, Address, Keys) = (services, address, keys);
        Store = store ?? services.GetRequiredService<ISessionStore>();
    }

    public StoreAddress Address { get; }

    public ISessionStore Store { get; }

    /// <summary>The keys of encrypted sessions; <see langword="null"/> if none is given.</summary>
    public ProtectionKeys? Keys { get; }

    public IConditionalSessionStore? Conditional => Store as IConditionalSessionStore;

    /// <exception cref="ToolException">The store cannot list its sessions.</exception>
    public IEnumerableSessionStore Enumerable =>
        Store as IEnumerableSessionStore
        ?? throw new ToolException(
            $"The {Store.Backend} store cannot list its sessions (it is no {nameof(IEnumerableSessionStore)}).",
            ExitCodes.Unusable
        );

    /// <summary>Creates the store without connecting it.</summary>
    /// <exception cref="ToolException">The URL or an option is wrong.</exception>
    public static OpenedStore Create(
        StoreAddress address,
        Providers providers,
        StoreSettings settings,
        ProtectionKeys? keys,
        Report? warnings
    )
    {
        var provider = providers.For(address);
        var services = new ServiceCollection();
        services.AddLogging(logging =>
        {
            if (warnings is not null)
            {
                logging.AddProvider(new WarningLog(warnings));
            }
        });
        try
        {
            provider.AddStore(new Builder(services), address.Url);
            settings.Apply(services, provider);
            return new OpenedStore(services.BuildServiceProvider(), address, keys);
        }
        catch (OptionsValidationException error)
        {
            throw new ToolException(string.Join(" ", error.Failures), innerException: error);
        }
        catch (ArgumentException error)
        {
            throw new ToolException(WithoutParameter(error), innerException: error);
        }
    }

    /// <summary>Returns the store of two that applications have during a move. It carries no session.</summary>
    /// <exception cref="ToolException">The two cannot be a move.</exception>
    public static OpenedStore Pair(OpenedStore from, OpenedStore to)
    {
        try
        {
            var pair = MovingSessionStore.Create(from.Store, to.Store, static () => SessionMoveMode.Stay);
            return new OpenedStore(to._services, to.Address, to.Keys, pair);
        }
        catch (ArgumentException refused)
        {
            throw new ToolException(refused.Message, ExitCodes.Unusable);
        }
    }

    /// <summary>Connects the store now, so that a fault is reported before anything is asked or printed.</summary>
    /// <exception cref="SessionStoreException">The store cannot be used.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken) =>
        Store is IOpenableSessionStore openable ? openable.OpenAsync(cancellationToken) : default;

    /// <summary>Returns what can be read of a session of this store.</summary>
    public SessionContent Read(SessionEntry entry) => SessionContent.Of(entry, Keys?.Protector);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static string WithoutParameter(ArgumentException error) =>
        error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message;

    private sealed class Builder(IServiceCollection services) : IServerSessionBuilder
    {
        public IServiceCollection Services => services;
    }
}
