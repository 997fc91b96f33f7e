using System.Collections.Concurrent;

namespace ServerSessions.Stores;

public partial class MovingSessionStore : ISiblingSessionStore
{
    private readonly ConcurrentDictionary<string, MovingSessionStore> _siblings = new(StringComparer.Ordinal);

    internal IEnumerable<MovingSessionStore> Siblings => _siblings.Values;

    /// <summary>
    /// Returns the store of a name beside this one: a move between the stores of that name beside the old and the new store, in the same
    /// mode. Reaches no backend. Idempotent: one name is one object. <see cref="StoreMove.DrainAsync"/> also drains it.
    /// </summary>
    /// <param name="name">The name: 1 to 16 lower-case letters <c>a</c> to <c>z</c>.</param>
    /// <returns>The store. It implements the same optional interfaces as this one.</returns>
    /// <exception cref="ArgumentException">The name is invalid.</exception>
    /// <exception cref="NotSupportedException">
    /// One of the two stores has none beside it. The message says which one, and why.
    /// </exception>
    public ISessionStore GetSibling(string name) =>
        _siblings.GetOrAdd(
            name,
            static (name, self) =>
                CreateFrom(self._setup with { OldStore = SiblingOf(self._old, name), NewStore = SiblingOf(self._new, name) }),
            this
        );

    private static ISessionStore SiblingOf(MoveSide side, string name)
    {
        if (side.Store is not ISiblingSessionStore store)
        {
            throw new NotSupportedException(
                $"The {side.Name} session store of the move ({side.Backend}) cannot be asked for another one beside it. Give one of your "
                    + "own for what is not sessions."
            );
        }

        try
        {
            return store.GetSibling(name);
        }
        catch (NotSupportedException reason)
        {
            throw new NotSupportedException($"The {side.Name} session store of the move ({side.Backend}): {reason.Message}", reason);
        }
    }
}
