namespace ServerSessions.Stores.Mongo;

/// <content>What the server tells an operator.</content>
public sealed partial class MongoSessionStore : IDiagnosableSessionStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoreCheck>> DiagnoseAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _connection.RunAsync(
            SessionStoreOperation.Open,
            Clock.TimeProvider,
            static (sessions, clock, token) => sessions.DiagnoseAsync(clock, token),
            cancellationToken
        );
    }
}
