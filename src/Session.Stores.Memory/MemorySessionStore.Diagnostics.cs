namespace ServerSessions.Stores.Memory;

/// <content>What an operator should know.</content>
public sealed partial class MemorySessionStore : IDiagnosableSessionStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoreCheck>> DiagnoseAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return new([
            StoreCheck.Warning(
                StoreCheckGroup.Safety,
                "persistence",
                "sessions are in the memory of one process",
                "a store that outlives the process",
                "A restart signs every user out, and a second instance has other sessions. Use another store in production."
            ),
        ]);
    }
}
