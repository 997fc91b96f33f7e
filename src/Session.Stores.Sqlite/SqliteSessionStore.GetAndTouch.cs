using ServerSessions.Stores.Sqlite.Engine;

namespace ServerSessions.Stores.Sqlite;

public sealed partial class SqliteSessionStore
{
    /// <inheritdoc/>
    /// <value><see langword="false"/>: it waits for the writer and its commit, where reading waits for nobody.</value>
    public bool IsTouchCheap => false;

    /// <inheritdoc/>
    public ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid, ReadOnlyMemory<byte> prefix, DateTimeOffset? expires, CancellationToken cancellationToken = default)
    {
        Sid.ThrowIfInvalid(sid);
        ThrowIfDisposed();

        // A copy: the call goes on when its caller has left, who may use the buffer for something else then.
        return _database.WriteAsync(
            SessionStoreOperation.Get, (Store: this, Sid: sid, Prefix: prefix.ToArray(), Expires: expires),
            static (connection, call) => call.Store.GetAndTouch(connection, call.Sid, call.Prefix, call.Expires), cancellationToken);
    }

    /// <summary>Within the writer's transaction, so that reading, comparing and moving are one step.</summary>
    private GetAndTouchResult GetAndTouch(StoreConnection connection, string sid, ReadOnlySpan<byte> prefix, DateTimeOffset? expires)
    {
        var (until, now) = (Expires(expires), Now());
        var record = _table.Get(connection, sid, now);
        if (record is null || !record.Payload.Span.StartsWith(prefix))
        {
            return new GetAndTouchResult(record, isTouched: false);
        }

        _table.Touch(connection, sid, until, now);
        return until > now
            ? new GetAndTouchResult(SessionRecord.TakeOwnership(record.Payload, EpochMilliseconds.ToInstant(until), record.Token), isTouched: true)
            : default;
    }
}
