namespace ServerSessions.Stores.Sqlite.Connection;

/// <summary>The calls that wait for the writer or a reader: their number, and the timeout of each.</summary>
/// <param name="timeout">The timeout of a call, in real time.</param>
/// <param name="expired">Called on a pool thread for each call whose timeout has passed.</param>
internal sealed class WaitingCalls(TimeSpan timeout, Action<SqliteRequest> expired)
{
    private int _count;

    public TimeSpan Timeout => timeout;

    public int Count => Volatile.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);

    public void Remove() => Interlocked.Decrement(ref _count);

    public void Expire(SqliteRequest request) => expired(request);
}
