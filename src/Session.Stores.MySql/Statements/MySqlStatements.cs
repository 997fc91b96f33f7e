using ServerSessions.Stores.MySql.Schema;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.MySql.Statements;

/// <summary>The statements for one table. They depend on no <c>sql_mode</c>, time zone or isolation level of the connection.</summary>
internal static class MySqlStatements
{
    public static RelationalStatements For(MySqlLayout layout)
    {
        var table = MySqlIdentifier.Quote(layout.Table);

        // For a padded column the first condition can use the index but ignores blanks at the end; the second is exact.
        var isSid = layout.PadsSids ? "session_id = @sid AND CAST(session_id AS BINARY) = CAST(@sid AS BINARY)" : "session_id = @sid";

        // Bytes: without the collation of a text, in which different payloads can be equal.
        var data = layout.IsBinary ? "data" : "CAST(data AS BINARY)";

        // The id too: a padded column finds the row of an id that differs in blanks at the end, which Node has written.
        var row = layout.PadsSids ? "session_id = @sid, data = @payload, expires = @expires" : "data = @payload, expires = @expires";
        var inserted = layout.PadsSids
            ? "session_id = VALUES(session_id), data = VALUES(data), expires = VALUES(expires)"
            : "data = VALUES(data), expires = VALUES(expires)";
        var insert = $"INSERT INTO {table} (session_id, expires, data) VALUES (@sid, @expires, @payload)";

        // In a padded column an empty id is not the first: it equals a blank, and other characters come before that. With
        // EMPTY_STRING_IS_NULL it is NULL.
        static string Start(string comparison) => $"(COALESCE(LENGTH(@sid), 0) = 0 OR session_id {comparison} @sid)";

        // Joined in this order: the other way round, the server would read and lock the whole table.
        var expired = $"SELECT session_id FROM {table} WHERE expires <= @now ORDER BY expires LIMIT @count";
        return new RelationalStatements
        {
            Get = $"SELECT {data}, expires FROM {table} WHERE {isSid} AND expires > @now",
            Set = $"{insert} ON DUPLICATE KEY UPDATE {inserted}",

            // Without ON DUPLICATE KEY: with the found rows that a touch needs, it returns 1 for a row that it has not changed.
            InsertIfAbsent = insert,
            ReplaceIfExpired = $"UPDATE {table} SET {row} WHERE session_id = @sid AND NOT ({isSid} AND expires > @now)",
            SetIfSame = $"UPDATE {table} SET data = @payload, expires = @expires WHERE {isSid} AND expires > @now AND {data} = @expected",
            Compare = $"SELECT {data} <=> @expected FROM {table} WHERE {isSid} AND expires > @now",
            EndIfSame = $"DELETE FROM {table} WHERE {isSid} AND expires > @now AND {data} = @expected",
            EndIfExpired = $"DELETE FROM {table} WHERE {isSid} AND expires <= @now",
            Touch = $"UPDATE {table} SET expires = @expires WHERE {isSid} AND expires > @now",
            Destroy = $"DELETE FROM {table} WHERE {isSid}",
            Count = $"SELECT COUNT(*) FROM {table} WHERE expires > @now",
            Page = $"SELECT session_id, {data}, expires FROM {table} WHERE {Start(">")} AND expires > @now "
                + "ORDER BY session_id LIMIT @count",
            Prune = layout.SkipsLocked
                ? $"DELETE t FROM ({expired} FOR UPDATE SKIP LOCKED) e STRAIGHT_JOIN {table} t ON t.session_id = e.session_id"
                : $"DELETE FROM {table} WHERE expires <= @now ORDER BY expires LIMIT @count",
            Skip = $"SELECT session_id FROM {table} WHERE {Start(">=")} ORDER BY session_id LIMIT @count, 1",

            // A limit that is never reached: with sql_safe_updates a statement must have one, or use a key.
            Clear = $"DELETE FROM {table} WHERE {Start(">=")} AND (@next IS NULL OR session_id < @next) LIMIT 9223372036854775807",
        };
    }
}
