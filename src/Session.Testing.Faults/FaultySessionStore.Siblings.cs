using System.Collections.Concurrent;

namespace ServerSessions.Testing;

// The stores beside this one.
public partial class FaultySessionStore : ISiblingSessionStore
{
    private readonly ConcurrentDictionary<string, FaultySessionStore> _siblings = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns the store of a name beside this one. It passes calls on to the one beside the store behind this one, and has faults of its
    /// own: convert it to <see cref="FaultySessionStore"/> to inject some.
    /// </summary>
    /// <param name="name">The name: 1 to 16 lower-case letters <c>a</c> to <c>z</c>.</param>
    /// <returns>The store; the same one for each call with this name.</returns>
    /// <exception cref="ArgumentException">The name is invalid.</exception>
    /// <exception cref="NotSupportedException">The store behind this one is no <see cref="ISiblingSessionStore"/>.</exception>
    public ISessionStore GetSibling(string name) =>
        _inner is ISiblingSessionStore store
            ? _siblings.GetOrAdd(name, key => WithInterfacesOf(store.GetSibling(key), _timeProvider))
            : throw new NotSupportedException($"The store behind this one ({Backend}) cannot be asked for another one beside it.");
}
