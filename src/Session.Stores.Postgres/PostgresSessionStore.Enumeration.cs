using System.Runtime.CompilerServices;

namespace ServerSessions.Stores.Postgres;

public sealed partial class PostgresSessionStore
{
    // Rows on a page: 16 at first, then as many as make about 1 MiB, which bounds the memory of a listing, and at most 512.
    private const int FirstPageRows = 16;
    private const int MaxPageRows = 512;
    private const long PageBytes = 1024 * 1024;

    // Rows that one statement of a clear removes, so that it stays within the timeout and holds no long lock.
    private const int ClearBatch = 1000;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEntry> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var after = "";
        var rows = FirstPageRows;
        var unreadable = 0;
        bool more;
        do
        {
            ThrowIfDisposed();
            var page = await _database
                .RunAsync(
                    SessionStoreOperation.All,
                    (Store: this, After: after, Rows: rows),
                    static (table, connection, args, call) =>
                        table.PageAsync(connection, args.After, args.Store.Now(), args.Rows, call.Stopping),
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
            more = page.Rows == rows;
            rows = (int)Math.Clamp(rows * PageBytes / Math.Max(page.Bytes, 1), 1, Math.Min(rows * 4, MaxPageRows));
        } while (more);

        if (unreadable > 0)
        {
            Log.UnreadableRows(_logger, unreadable, _database.Target.Table);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _database.RunAsync(
            SessionStoreOperation.Length,
            this,
            static (table, connection, store, call) => table.CountAsync(connection, store.Now(), call.Stopping),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        // In the order of ids, so that it ends even if sessions are added meanwhile.
        string? from = "";
        while (from is not null)
        {
            ThrowIfDisposed();
            from = await _database
                .RunAsync(
                    SessionStoreOperation.Clear,
                    from,
                    static (table, connection, from, call) => table.ClearAsync(connection, from, ClearBatch, call.Stopping),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
    }
}
