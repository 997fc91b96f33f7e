using System.Text;
using System.Text.Unicode;
using ServerSessions.Stores.Sqlite.Connection;

namespace ServerSessions.Stores.Sqlite.Statements;

/// <summary>The operations on the table. The caller must own the connection. No operation opens a transaction.</summary>
internal sealed class SessionTable(SessionStatements sql, SqliteErrors errors)
{
    /// <summary>The most sessions on a page.</summary>
    private const int PageSessions = 256;

    /// <summary>1 MiB: a page ends with the session that exceeds it. This bounds the memory of a listing.</summary>
    private const int PageBytes = 1024 * 1024;

    public SessionRecord? Get(StoreConnection connection, string sid, double now)
    {
        var statement = connection.Prepare(sql.Get);
        try
        {
            statement.BindSid(1, sid);
            statement.BindNumber(2, now);
            if (!statement.Step())
            {
                return null;
            }

            if (!statement.IsBytes(0))
            {
                throw errors.NoPayload();
            }

            return Record(statement, payload: 0, expired: 1);
        }
        finally
        {
            statement.Reset();
        }
    }

    public void Set(StoreConnection connection, string sid, double expires, ReadOnlySpan<byte> payload)
    {
        var statement = connection.Prepare(sql.Set);
        statement.BindSid(1, sid);
        statement.BindNumber(2, expires);
        statement.BindText(3, payload);
        statement.Execute();
    }

    public bool TrySetAbsent(StoreConnection connection, string sid, double expires, ReadOnlySpan<byte> payload, double now)
    {
        var statement = connection.Prepare(sql.SetIfAbsent);
        statement.BindSid(1, sid);
        statement.BindNumber(2, expires);
        statement.BindText(3, payload);
        statement.BindNumber(4, now);
        return statement.Execute() > 0;
    }

    public bool TrySetSame(
        StoreConnection connection,
        string sid,
        double expires,
        ReadOnlySpan<byte> payload,
        double now,
        ReadOnlySpan<byte> expected
    )
    {
        var statement = connection.Prepare(sql.SetIfSame);
        statement.BindSid(1, sid);
        statement.BindNumber(2, expires);
        statement.BindText(3, payload);
        statement.BindNumber(4, now);
        statement.BindBlob(5, expected);
        return statement.Execute() > 0;
    }

    public bool Exists(StoreConnection connection, string sid, double now)
    {
        var statement = connection.Prepare(sql.Exists);
        try
        {
            statement.BindSid(1, sid);
            statement.BindNumber(2, now);
            return statement.Step();
        }
        finally
        {
            statement.Reset();
        }
    }

    public bool Touch(StoreConnection connection, string sid, double expires, double now)
    {
        var statement = connection.Prepare(sql.Touch);
        statement.BindSid(1, sid);
        statement.BindNumber(2, expires);
        statement.BindNumber(3, now);
        return statement.Execute() > 0;
    }

    public void Destroy(StoreConnection connection, string sid)
    {
        var statement = connection.Prepare(sql.Destroy);
        statement.BindSid(1, sid);
        statement.Execute();
    }

    public void Clear(StoreConnection connection) => connection.Prepare(sql.Clear).Execute();

    public long Count(StoreConnection connection, double now)
    {
        var statement = connection.Prepare(sql.Count);
        try
        {
            statement.BindNumber(1, now);
            return statement.Step() ? statement.Integer(0) : 0;
        }
        finally
        {
            statement.Reset();
        }
    }

    public int Prune(StoreConnection connection, double now, int batch)
    {
        var removed = Prune(connection, sql.PruneExpired, now, batch);
        return removed < batch ? removed + Prune(connection, sql.PruneUnreadable, now, batch - removed) : removed;
    }

    /// <summary>Returns the page of sessions after a sid, given by its stored bytes. The sid of the first page is empty.</summary>
    public SessionPage<byte[]> Page(StoreConnection connection, byte[] after, double now)
    {
        var statement = connection.Prepare(sql.Page);
        try
        {
            statement.BindText(1, after);
            statement.BindNumber(2, now);
            statement.BindInteger(3, PageSessions);
            var page = new SessionPage<byte[]>();
            for (var (rows, bytes) = (0, 0); rows < PageSessions && bytes < PageBytes; rows++)
            {
                if (!statement.Step())
                {
                    return page;
                }

                var sid = statement.Bytes(0).ToArray();
                page.Next = sid;
                bytes += Read(statement, sid, page);
            }

            page.HasMore = true;
            return page;
        }
        finally
        {
            statement.Reset();
        }
    }

    private static int Read(PreparedStatement statement, byte[] utf8, SessionPage<byte[]> page)
    {
        var sid = Encoding.UTF8.GetString(utf8);
        if (!statement.IsBytes(1) || !Utf8.IsValid(utf8) || !Sid.IsValid(sid))
        {
            page.Unreadable++;
            return 0;
        }

        var record = Record(statement, payload: 1, expired: 2);
        page.Sessions.Add(new SessionEntry(sid, record));
        return record.Payload.Length;
    }

    private static int Prune(StoreConnection connection, string sql, double now, int batch)
    {
        var statement = connection.Prepare(sql);
        statement.BindNumber(1, now);
        statement.BindInteger(2, batch);
        return statement.Execute();
    }

    private static SessionRecord Record(PreparedStatement statement, int payload, int expired) =>
        SessionRecord.TakeOwnership(statement.Bytes(payload).ToArray(), EpochMilliseconds.ToInstant(statement.Number(expired)));
}
