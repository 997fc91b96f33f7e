namespace ServerSessions.Testing.MongoServer.Data;

/// <summary>
/// All databases. Each user holds <see cref="Gate"/>: a statement is one step, as mongod's statements on one document are.
/// </summary>
internal sealed class Catalog
{
    private readonly SortedDictionary<string, SortedDictionary<string, StoredCollection>> _databases = new(StringComparer.Ordinal);

    public Lock Gate { get; } = new();

    public StoredCollection? Find(string database, string collection) =>
        _databases.TryGetValue(database, out var collections) ? collections.GetValueOrDefault(collection) : null;

    public StoredCollection GetOrAdd(string database, string collection)
    {
        if (!_databases.TryGetValue(database, out var collections))
        {
            _databases.Add(database, collections = new SortedDictionary<string, StoredCollection>(StringComparer.Ordinal));
        }

        if (!collections.TryGetValue(collection, out var found))
        {
            collections.Add(collection, found = new StoredCollection());
        }

        return found;
    }

    public IEnumerable<KeyValuePair<string, StoredCollection>> Collections(string database) =>
        _databases.TryGetValue(database, out var collections) ? collections : [];

    public bool Drop(string database, string collection) =>
        _databases.TryGetValue(database, out var collections) && collections.Remove(collection);

    public void Drop(string database) => _databases.Remove(database);

    /// <summary>What the TTL monitor does once a minute.</summary>
    public void RemoveExpired(DateTimeOffset now)
    {
        lock (Gate)
        {
            foreach (var collection in _databases.Values.SelectMany(static database => database.Values))
            {
                var everything = QueryFilter.Parse([]);
                foreach (var index in collection.Indexes.Where(static index => index.ExpireAfterSeconds is not null))
                {
                    collection.Find(everything).Where(document => index.HasExpired(document, now)).ToList().ForEach(collection.Remove);
                }
            }
        }
    }
}
