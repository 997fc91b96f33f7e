using System.Buffers;

namespace ServerSessions.Stores;

/// <summary>The siblings of a store, each created at first use and disposed with the store. Thread safe.</summary>
/// <param name="create">Creates the store of a name. Must not reach the backend.</param>
internal sealed class SiblingStores(Func<string, SessionStore> create)
{
    private const int MaxLength = 16;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SessionStore> _stores = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">The name is invalid.</exception>
    public SessionStore Get(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaxLength || name.AsSpan().ContainsAnyExcept(Letters))
        {
            throw new ArgumentException($"The name of a sibling has 1 to {MaxLength} letters from a to z.", nameof(name));
        }

        lock (_gate)
        {
            if (!_stores.TryGetValue(name, out var store))
            {
                _stores.Add(name, store = create(name));
            }

            return store;
        }
    }

    public async Task DisposeAsync()
    {
        SessionStore[] stores;
        lock (_gate)
        {
            stores = [.. _stores.Values];
        }

        foreach (var store in stores)
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }
}
