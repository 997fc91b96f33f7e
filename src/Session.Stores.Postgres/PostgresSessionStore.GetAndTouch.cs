namespace ServerSessions.Stores.Postgres;

public sealed partial class PostgresSessionStore
{
    /// <inheritdoc/>
    /// <value><see langword="false"/>: it writes a new version of the row and waits for the commit.</value>
    public bool IsTouchCheap => false;

    /// <inheritdoc/>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(string sid, SessionTouchPlan plan, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();

        // A copy: the call goes on when its caller has left, who may use the buffer for something else then.
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
