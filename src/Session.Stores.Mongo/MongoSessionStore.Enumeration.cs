namespace ServerSessions.Stores.Mongo;

public sealed partial class MongoSessionStore
{
    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default) =>
        PagedListing.ReadAsync(
            "",
            PageAsync,
            Clock,
            left => StoreLog.Unreadable(Logger, left, $"documents of {_connection.Errors.Place}"),
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _connection.RunAsync(
            SessionStoreOperation.Length,
            0,
            static (sessions, _, token) => sessions.CountAsync(token),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        bool hasMore;
        do
        {
            ThrowIfDisposed();

            // In pieces, so that each finishes within the operation timeout.
            hasMore = await _connection
                .RunAsync(SessionStoreOperation.Clear, 0, static (sessions, _, token) => sessions.ClearAsync(token), cancellationToken)
                .ConfigureAwait(false);
        } while (hasMore);
    }

    private ValueTask<SessionPage<string>> PageAsync(string after, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        return _connection.RunAsync(
            SessionStoreOperation.All,
            after,
            static (sessions, after, token) => sessions.PageAsync(after, token),
            cancellationToken
        );
    }
}
