using System.Data.Common;

namespace ServerSessions.Stores.Relational;

/// <content>What the database tells an operator.</content>
public abstract partial class RelationalSessionStore : IDiagnosableSessionStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoreCheck>> DiagnoseAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return RunAsync(
            SessionStoreOperation.Length,
            isWrite: false,
            this,
            static (table, connection, store, stopping) => store.ExamineAsync(table, connection, stopping),
            cancellationToken
        );
    }

    /// <summary>Examines the database. The default finds nothing.</summary>
    /// <param name="table">The table.</param>
    /// <param name="connection">A connection.</param>
    /// <param name="stopping">Cancels the statements.</param>
    /// <returns>The checks.</returns>
    protected virtual ValueTask<IReadOnlyList<StoreCheck>> ExamineAsync(
        RelationalTable table,
        DbConnection connection,
        CancellationToken stopping
    ) => new([]);

    /// <summary>Counts the rows that have expired and are still there.</summary>
    /// <param name="table">The table.</param>
    /// <param name="connection">A connection.</param>
    /// <param name="stopping">Cancels the statements.</param>
    /// <returns>The check.</returns>
    protected async ValueTask<StoreCheck> ExpiredAsync(RelationalTable table, DbConnection connection, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(table);
        var now = Clock.Now;
        var alive = await CountSinceAsync(now).ConfigureAwait(false);
        var recent = await CountSinceAsync(now - StoreChecks.LongExpired).ConfigureAwait(false);

        // No session expires before 1970.
        var all = await CountSinceAsync(DateTimeOffset.UnixEpoch).ConfigureAwait(false);
        return StoreChecks.Expired(Math.Max(all - alive, 0), Math.Max(all - recent, 0), "rows");

        ValueTask<long> CountSinceAsync(DateTimeOffset instant) => table.CountAsync(connection, table.NowAtRest(instant), stopping);
    }
}
