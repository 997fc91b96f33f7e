using ServerSessions.Testing;

namespace ServerSessions.Conformance.FirstParty;

/// <summary>
/// A harness whose backend is a server: every space has a proxy in front of it, which makes the server unreachable or silent.
/// </summary>
/// <typeparam name="TStore">The store.</typeparam>
public abstract class ServerHarness<TStore> : BackendHarness<TStore>
    where TStore : ISessionStore
{
    private readonly Stack<IAsyncDisposable> _owned = [];
    private FaultProxies? _proxies;

    /// <inheritdoc/>
    public override IReadOnlyList<StoreFault> Faults => [StoreFault.Unavailable, StoreFault.Hang];

    /// <inheritdoc/>
    public override ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _proxies!.Break(request.Space, hangs: fault == StoreFault.Hang);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _proxies!.Mend(request.Space);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out var owned))
        {
            await owned.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes something with the harness, the last first.</summary>
    protected T Own<T>(T disposable)
        where T : IAsyncDisposable
    {
        _owned.Push(disposable);
        return disposable;
    }

    /// <summary>Where the server is.</summary>
    protected void Serve(string host, int port) => _proxies = Own(new FaultProxies(host, port));

    /// <summary>The port, on 127.0.0.1, at which the store of a space finds the server.</summary>
    protected int PortOf(StoreRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _proxies![request.Space].Port;
    }
}
