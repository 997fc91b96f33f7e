using ServerSessions.Stores;

namespace ServerSessions.Trust.Tests.Moving;

/// <summary>How far an instance of the application is in a move.</summary>
internal enum MovePhase
{
    OldAlone,
    Stay,
    CarryToNew,
    NewAlone,
    CarryToOld,
}

/// <summary>
/// One instance of the application, with connections of its own. A phase in which it has other stores is another host, to which the next
/// requests go; those that run go on at the former one, as in a deployment.
/// </summary>
internal sealed class MovingInstance : IAsyncDisposable
{
    private readonly ISessionStore _old;
    private readonly ISessionStore _new;
    private readonly List<TrustHost> _hosts = [];
    private volatile TrustHost _current = null!;
    private volatile int _mode;

    private MovingInstance(StorePlace from, StorePlace to)
    {
        (_old, _new) = (from.Open(), to.Open());
        Store = MovingSessionStore.Create(_old, _new, () => (SessionMoveMode)_mode);
    }

    public MovingSessionStore Store { get; }

    public TrustClient Client => _current.Client;

    public static async Task<MovingInstance> StartAsync(StorePlace from, StorePlace to)
    {
        var instance = new MovingInstance(from, to);
        foreach (var store in (ISessionStore[])[instance._old, instance.Store, instance._new])
        {
            instance._hosts.Add(await TrustHost.StartAsync(store));
        }

        return instance;
    }

    public void Enter(MovePhase phase)
    {
        _mode = phase switch
        {
            MovePhase.Stay => (int)SessionMoveMode.Stay,
            MovePhase.CarryToNew => (int)SessionMoveMode.CarryToNew,
            MovePhase.CarryToOld => (int)SessionMoveMode.CarryToOld,

            // Another deployment. The requests that run at the former one keep its mode.
            _ => _mode,
        };
        _current = _hosts[phase switch
        {
            MovePhase.OldAlone => 0,
            MovePhase.NewAlone => 2,
            _ => 1,
        }];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        await StorePlace.CloseAsync(_old);
        await StorePlace.CloseAsync(_new);
    }
}
