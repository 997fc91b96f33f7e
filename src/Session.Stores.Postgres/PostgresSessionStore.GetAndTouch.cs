namespace ServerSessions.Stores.Postgres;

public sealed partial class PostgresSessionStore
{
    /// <inheritdoc/>
    /// <value>Always <see langword="false"/>: a touch writes a new row version and waits for the commit.</value>
    public bool IsTouchCheap => false;

    /// <inheritdoc/>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();

        // A copy, because the call may continue after its caller has left and reused the buffer.
        return _database.RunAsync(
            SessionStoreOperation.Get,
            (Store: this, Sid: sid, Prefix: plan.Prefix.ToArray(), plan.Expires),
            static (table, connection, args, call) =>
                table.GetAndTouchAsync(
                    connection,
                    args.Sid,
                    args.Prefix,
                    args.Store.Expires(args.Expires),
                    args.Store.Now(),
                    call.Stopping
                ),
            cancellationToken
        );
    }
}
