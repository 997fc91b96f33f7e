using System.Runtime.CompilerServices;

namespace ServerSessions.Stores.Sqlite;

public sealed partial class SqliteSessionStore
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        byte[] after = [];
        var unreadable = 0;
        bool more;
        do
        {
            ThrowIfDisposed();
            var page = await _database
                .ReadAsync(
                    SessionStoreOperation.All,
                    (Table: _table, After: after, Now: Now()),
                    static (connection, call) => call.Table.Page(connection, call.After, call.Now),
                    cancellationToken
                )
                .ConfigureAwait(false);

            foreach (var entry in page.Sessions)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // The session may have expired while the caller handled earlier entries.
                if (entry.Record.Expires > _timeProvider.GetUtcNow())
                {
                    yield return entry;
                }
            }

            unreadable += page.Unreadable;
            after = page.Next;
            more = page.HasMore;
        } while (more);

        if (unreadable > 0)
        {
            Log.UnreadableRows(_logger, unreadable, _table.TableName);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _database.ReadAsync(
            SessionStoreOperation.Length,
            (Table: _table, Now: Now()),
            static (connection, call) => call.Table.Count(connection, call.Now),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await _database
            .WriteAsync(
                SessionStoreOperation.Clear,
                _table,
                static (connection, table) =>
                {
                    table.Clear(connection);
                    return true;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
    }
}
