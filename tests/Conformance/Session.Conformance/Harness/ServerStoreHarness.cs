using System.Collections.Concurrent;

namespace ServerSessions.Conformance;

/// <summary>
/// A harness for a store whose backend is a server on the network. Each space has a <see cref="FaultProxy"/> in front of the server, so
/// the kit can make it unreachable or silent for one store alone. The author says where the server is, and opens a store on an address.
/// </summary>
/// <remarks>
/// <see cref="SessionStoreHarness.ReopenStoreAsync"/> and <see cref="SessionStoreHarness.CreatePeerAsync"/> open another store on the same
/// space. If the store allows no second one, override them to return <see langword="null"/>.
/// </remarks>
public abstract class ServerStoreHarness : SessionStoreHarness
{
    private readonly ConcurrentDictionary<string, Lazy<FaultProxy>> _proxies = new(StringComparer.Ordinal);
    private readonly Stack<IAsyncDisposable> _owned = [];
    private ServerAddress? _server;

    /// <summary>
    /// <see cref="StoreFault.Unavailable"/> and <see cref="StoreFault.Hang"/>. A harness that adds others overrides
    /// <see cref="BreakAsync"/> and <see cref="MendAsync"/>, too.
    /// </summary>
    public override IReadOnlyList<StoreFault> Faults => [StoreFault.Unavailable, StoreFault.Hang];

    /// <summary>The address of the server itself, past the proxies.</summary>
    /// <exception cref="InvalidOperationException"><see cref="WhyUnavailableAsync"/> has not returned yet.</exception>
    protected ServerAddress Server =>
        _server
        ?? throw new InvalidOperationException(
            $"{GetType().Name} knows no server yet. An override of WhyUnavailableAsync must call the base class before it returns null."
        );

    /// <summary>
    /// Calls <see cref="FindServerAsync"/>. An override that has a reason why no case can run returns it, and otherwise the result of
    /// the base class.
    /// </summary>
    /// <inheritdoc/>
    public override async ValueTask<string?> WhyUnavailableAsync(CancellationToken cancellationToken)
    {
        _server = await FindServerAsync(cancellationToken);
        return null;
    }

    /// <inheritdoc/>
    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        OpenStoreAsync(request, new ServerAddress("127.0.0.1", ProxyOf(request).Port), cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case StoreFault.Unavailable:
                ProxyOf(request).Cut();
                return ValueTask.CompletedTask;
            case StoreFault.Hang:
                ProxyOf(request).Hang();
                return ValueTask.CompletedTask;
            default:
                throw new NotSupportedException($"{GetType().Name} declares {fault} and does not override BreakAsync for it.");
        }
    }

    /// <inheritdoc/>
    public override ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        ProxyOf(request).Mend();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies.Values)
        {
            await proxy.Value.DisposeAsync();
        }

        while (_owned.TryPop(out var owned))
        {
            await owned.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Returns the address of the server, and starts it if necessary; <see cref="HarnessServer"/> starts one for all harnesses. Called
    /// once, before all else.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The server's own address.</returns>
    protected abstract ValueTask<ServerAddress> FindServerAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Opens a store over the space of a request: an empty one for a new name, and the data that is there for a known one.
    /// </summary>
    /// <param name="request">The space, the clock and the default lifetime.</param>
    /// <param name="server">The address for the store's connections. It is the proxy's; the store must use no other.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The store, which the kit disposes.</returns>
    protected abstract ValueTask<ISessionStore> OpenStoreAsync(
        StoreRequest request,
        ServerAddress server,
        CancellationToken cancellationToken
    );

    /// <summary>Returns the proxy of a space; it starts with the first call. The harness disposes it.</summary>
    /// <param name="request">The request of the store.</param>
    /// <returns>The proxy.</returns>
    protected FaultProxy ProxyOf(StoreRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var server = Server;
        return _proxies
            .GetOrAdd(request.Space, _ => new Lazy<FaultProxy>(() => FaultProxy.Start(server.Port, server.Host)))
            .Value;
    }

    /// <summary>Disposes an object with the harness, after the stores and the proxies, the last one first.</summary>
    /// <param name="resource">The object.</param>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>The same object.</returns>
    protected T Own<T>(T resource)
        where T : IAsyncDisposable
    {
        _owned.Push(resource);
        return resource;
    }
}
