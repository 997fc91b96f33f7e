namespace ServerSessions;

/// <summary>
/// A value was to be taken or updated in one step, and the sessions of this application are not stored by compare-and-set, so that the
/// promise would not hold. Nothing was read or changed. A retry does not help: another store, or another option, does.
/// </summary>
public sealed class ConditionalStoreRequiredException : NotSupportedException
{
    internal ConditionalStoreRequiredException(string backend, bool canCompare)
        : base(
            "The value was neither taken nor updated: "
                + (
                    canCompare
                        ? "ServerSessionOptions.ParallelWrites is LastWriteWins, so a parallel request could undo the change. Set it to "
                            + "Merge"
                        : $"the store ({backend}) cannot compare and set, so a parallel request could do the same or undo the change. "
                            + "Use a store that implements IConditionalSessionStore"
                )
                + ", or use Get, Set and Remove, which promise less."
        ) => Backend = backend;

    /// <summary>The name of the backend: <see cref="ISessionStore.Backend"/> of the store.</summary>
    public string Backend { get; }
}
