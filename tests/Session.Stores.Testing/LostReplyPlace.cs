using ServerSessions.Conformance;
using ServerSessions.Stores.Testing.Relational;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Testing;

/// <summary>A server behind a proxy that can lose replies, and stores on it.</summary>
/// <param name="server">The server.</param>
/// <param name="connectionString">The connection string of a database on it.</param>
public abstract class LostReplyPlace<TStore>(ServerProcess server, string connectionString) : IAsyncDisposable
{
    private readonly FaultProxy _proxy = FaultProxy.Start(server.Port);

    protected string ConnectionString => connectionString;

    /// <summary>Ahead of <see cref="Clock"/>: what has expired by it can still be counted by that.</summary>
    public FakeTimeProvider Ahead { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>A store that waits long, so that what is seen is what its second attempt does and not the deadline.</summary>
    public TStore NewStore(bool throughProxy, TimeProvider clock) =>
        NewStore(
            throughProxy ? ConnectionStrings.With(connectionString, "Port", _proxy.Port) : connectionString,
            TimeSpan.FromSeconds(30),
            clock
        );

    /// <summary>From now on the server acts on what it gets, and no reply comes back.</summary>
    public void LoseReplies() => _proxy.SwallowReplies();

    /// <summary>From now on the server gets nothing. Completes when a first request is lost.</summary>
    public Task LoseRequests()
    {
        _proxy.Hang();
        return _proxy.Broken;
    }

    /// <summary>Resets all connections through the proxy, and passes on what comes then.</summary>
    public void BreakConnections()
    {
        _proxy.Pass();
        _proxy.ResetConnections();
    }

    /// <summary>Changes the table so that the server refuses every write to it.</summary>
    public abstract Task RefuseWritesAsync();

    /// <summary>Locks the table, so that a write waits on the server until the lock is disposed.</summary>
    public abstract Task<IAsyncDisposable> HoldTableAsync();

    /// <summary>Whether a statement waits for that lock.</summary>
    public abstract Task<bool> IsHeldUpAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract TStore NewStore(string connectionString, TimeSpan timeout, TimeProvider clock);
}
