using ServerSessions;
using ServerSessions.Stores;

namespace CustomStore;

/// <content>Compare-and-set, and the listing of all sessions.</content>
public sealed partial class TableStore : IConditionalSessionStore, IEnumerableSessionStore
{
    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid, SessionRecord record, SessionRecord? expected, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(sid, record);
        return CallAsync(SessionStoreOperation.TrySet, command =>
        {
            // One statement compares and writes, so no other call comes between.
            var now = Clock.Now;
            command.CommandText = expected is null
                ? """
                  INSERT INTO sessions (sid, payload, expires) VALUES ($sid, $payload, $expires)
                  ON CONFLICT (sid) DO UPDATE SET payload = $payload, expires = $expires WHERE sessions.expires <= $now
                  """
                : "UPDATE sessions SET payload = $payload, expires = $expires WHERE sid = $sid AND expires > $now AND payload = $expected";
            command.Parameters.AddWithValue("$sid", sid);
            command.Parameters.AddWithValue("$now", AtRest(now));
            command.Parameters.AddWithValue("$expires", AtRest(Clock.ExpiryOf(record.Expires, now)));
            command.Parameters.AddWithValue("$payload", record.Payload.ToArray());
            command.Parameters.AddWithValue("$expected", expected?.Payload.ToArray() ?? (object)DBNull.Value);
            if (command.ExecuteNonQuery() > 0)
            {
                // An expiry that has passed ends the session, and nothing of it stays.
                command.CommandText = "DELETE FROM sessions WHERE sid = $sid AND expires <= $now";
                command.ExecuteNonQuery();
                return ConditionalSetResult.Stored;
            }

            command.CommandText = "SELECT 1 FROM sessions WHERE sid = $sid AND expires > $now";
            return expected is null || command.ExecuteScalar() is not null ? ConditionalSetResult.Changed : ConditionalSetResult.Missing;
        }, cancellationToken);
    }

    // A page is read in one call. Between two pages no cursor is open, and other calls have their turn.
    public IAsyncEnumerable<SessionEntry> AllAsync(CancellationToken cancellationToken = default) =>
        PagedListing.ReadAsync(
            "", PageAsync, Clock, count => StoreLog.Unreadable(Logger, count, "rows of table 'sessions'"), cancellationToken);

    public ValueTask<long> LengthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return CallAsync(SessionStoreOperation.Length, command =>
        {
            command.CommandText = "SELECT count(*) FROM sessions WHERE expires > $now";
            command.Parameters.AddWithValue("$now", AtRest(Clock.Now));
            return (long)command.ExecuteScalar()!;
        }, cancellationToken);
    }

    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await CallAsync(SessionStoreOperation.Clear, command =>
        {
            command.CommandText = "DELETE FROM sessions";
            return command.ExecuteNonQuery();
        }, cancellationToken);
    }

    private ValueTask<SessionPage<string>> PageAsync(string after, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        return CallAsync(SessionStoreOperation.All, command =>
        {
            command.CommandText = "SELECT sid, payload, expires FROM sessions WHERE sid > $after AND expires > $now ORDER BY sid LIMIT 100";
            command.Parameters.AddWithValue("$after", after);
            command.Parameters.AddWithValue("$now", AtRest(Clock.Now));
            using var reader = command.ExecuteReader();
            var page = new SessionPage<string>();
            while (reader.Read())
            {
                // Another page follows until one is empty.
                (page.Next, page.HasMore) = (reader.GetString(0), true);
                if (!Sid.IsValid(page.Next))
                {
                    page.Unreadable++;
                    continue;
                }

                var expires = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2));
                page.Sessions.Add(new SessionEntry(page.Next, SessionRecord.TakeOwnership(reader.GetFieldValue<byte[]>(1), expires)));
            }

            return page;
        }, cancellationToken);
    }
}
