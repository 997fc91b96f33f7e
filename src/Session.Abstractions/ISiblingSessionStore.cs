namespace ServerSessions;

/// <summary>
/// Optional: a store that can be asked for another one beside it, on the same backend. The library keeps records there that are not
/// sessions, such as the sessions of each user.
/// </summary>
/// <remarks>
/// The two stores share nothing but the backend: listing, counting, clearing and pruning one never meets what is in the other. That holds
/// also for another program that uses the store, such as Node's. A store that wraps another one returns a wrapper around that one's
/// sibling.
/// </remarks>
public interface ISiblingSessionStore : ISessionStore
{
    /// <summary>
    /// Returns the store of a name beside this one: another key prefix, table, collection or folder. It has the options of this store.
    /// Reaches no backend. Idempotent: one name is one object, which this store disposes.
    /// </summary>
    /// <param name="name">The name: 1 to 16 lower-case letters <c>a</c> to <c>z</c>.</param>
    /// <returns>The store. It implements the same optional interfaces as this one.</returns>
    /// <exception cref="ArgumentException">The name is invalid.</exception>
    /// <exception cref="NotSupportedException">
    /// With the options of this store no name is free of its own: the message says which option to change.
    /// </exception>
    ISessionStore GetSibling(string name);
}
