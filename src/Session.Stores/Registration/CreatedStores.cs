namespace ServerSessions.Stores;

/// <summary>The stores of registrations that the container has created. No one asks it for a store that another one has replaced.</summary>
internal sealed class CreatedStores
{
    private readonly Lock _gate = new();
    private readonly List<(string Name, ISessionStore Store)> _stores = [];

    public TStore Add<TStore>(string name, TStore store)
        where TStore : class, ISessionStore
    {
        lock (_gate)
        {
            _stores.Add((name, store));
        }

        return store;
    }

    public bool Contains(ISessionStore store)
    {
        lock (_gate)
        {
            return _stores.Exists(created => ReferenceEquals(created.Store, store));
        }
    }

    public TStore? Find<TStore>(string name)
        where TStore : class, ISessionStore
    {
        lock (_gate)
        {
            return _stores.Find(created => created.Name == name && created.Store is TStore).Store as TStore;
        }
    }
}
