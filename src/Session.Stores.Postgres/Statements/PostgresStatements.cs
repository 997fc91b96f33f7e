using ServerSessions.Stores.Postgres.Schema;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Postgres.Statements;

/// <summary>
/// The statements for one table. Instants are passed as <c>timestamptz</c>. If the column has no time zone, the statement converts them to
/// the named zone, because a pooler or a shared data source may change the connection's zone.
/// </summary>
internal sealed class PostgresStatements
{
    public PostgresStatements(TableLayout layout)
    {
        var table = PostgresIdentifier.Quote(layout.Schema, layout.Table);
        var type = layout.Payload switch
        {
            PayloadType.Json => "json",
            PayloadType.Jsonb => "jsonb",
            _ => "text",
        };

        // The name of a zone contains no quote: PostgresSchema checks it.
        var zone = layout.TimeZone is null ? "" : $" AT TIME ZONE '{layout.TimeZone}'";
        var expires = layout.TimeZone is null ? "t.expire" : $"(t.expire{zone})";

        // For a padded column the first condition can use the index but ignores trailing blanks; the second is exact.
        var isSid = layout.PadsSids ? "t.sid = $1::bpchar AND t.sid::text = $1" : "t.sid = $1";
        var (sid, from) = layout.PadsSids ? ("t.sid::text", "$1::bpchar") : ("t.sid", "$1");

        // jsonb reorders members, so different texts can be equal values. Other types are compared byte for byte.
        string Same(string parameter) =>
            layout.Payload == PayloadType.Jsonb ? $"t.sess = {parameter}::jsonb" : $"t.sess::text COLLATE \"C\" = {parameter}";

        // For a column without a zone the first condition can use the index; the second is exact in the hour that clocks repeat in autumn.
        var expired = layout.TimeZone is null ? "t.expire <= $1" : $"t.expire <= $1{zone} AND {expires} <= $1";

        Shared = new RelationalStatements
        {
            Get = $"SELECT t.sess::text, {expires} FROM {table} t WHERE {isSid} AND {expires} > $2",
            Set = $"""
                INSERT INTO {table} (sid, expire, sess) VALUES ({from}, $2{zone}, $3::{type})
                ON CONFLICT (sid) DO UPDATE SET sess = excluded.sess, expire = excluded.expire
                """,
            Touch = $"UPDATE {table} t SET expire = $2{zone} WHERE {isSid} AND {expires} > $3",
            Destroy = $"DELETE FROM {table} t WHERE {isSid}",
            Count = $"SELECT count(*) FROM {table} t WHERE {expires} > $1",
            Page = $"SELECT {sid}, t.sess::text, {expires} FROM {table} t WHERE t.sid > {from} AND {expires} > $2 ORDER BY t.sid LIMIT $3",

            // A locked row does not move, so its ctid finds it in half the time of its sid. A ctid is unique per partition only.
            Prune = $"""
                WITH expired AS MATERIALIZED (
                    SELECT t.tableoid, t.ctid FROM {table} t WHERE {expired} ORDER BY t.expire LIMIT $2 FOR UPDATE SKIP LOCKED)
                DELETE FROM {table} d
                WHERE d.ctid = ANY (ARRAY (SELECT ctid FROM expired)) AND (d.tableoid, d.ctid) IN (SELECT tableoid, ctid FROM expired)
                """,
        };
        SetIfAbsent = $"""
            INSERT INTO {table} AS t (sid, expire, sess) VALUES ({from}, $2{zone}, $3::{type})
            ON CONFLICT (sid) DO UPDATE SET sess = excluded.sess, expire = excluded.expire WHERE ({expires} > $4) IS NOT TRUE
            """;

        // Locks first and compares then, so that it compares the last writer's row, and a row just deleted is missing and not changed.
        SetIfSame = $"""
            WITH found AS MATERIALIZED (
                SELECT t.sid, coalesce({Same("$5")}, false) AS same FROM {table} t WHERE {isSid} AND {expires} > $4 FOR UPDATE),
            stored AS (
                UPDATE {table} u SET sess = $3::{type}, expire = $2{zone} FROM found WHERE u.sid = found.sid AND found.same)
            SELECT same FROM found
            """;

        // As SetIfSame, but deletes the row. An expired row is also deleted.
        EndIfSame = $"""
            WITH found AS MATERIALIZED (
                SELECT t.sid, coalesce({expires} > $2, false) AS alive, coalesce({Same("$3")}, false) AS same
                FROM {table} t WHERE {isSid} FOR UPDATE),
            gone AS (
                DELETE FROM {table} d USING found WHERE d.sid = found.sid AND (found.same OR NOT found.alive))
            SELECT same FROM found WHERE alive
            """;

        // Locks first, as above. Returns the row as it is afterwards. A row with another beginning is locked but not changed.
        GetAndTouch = $"""
            WITH found AS MATERIALIZED (
                SELECT t.sid, t.sess::text AS sess, {expires} AS expires, substring(convert_to(t.sess::text, 'UTF8') FOR octet_length($4)) = $4 AS begins
                FROM {table} t WHERE {isSid} AND {expires} > $3 FOR UPDATE),
            touched AS (
                UPDATE {table} t SET expire = $2{zone} FROM found WHERE t.sid = found.sid AND found.begins RETURNING {expires} AS expires)
            SELECT found.sess, coalesce(touched.expires, found.expires), touched.expires IS NOT NULL FROM found LEFT JOIN touched ON true
            """;
        Clear = $"""
            WITH page AS MATERIALIZED (SELECT t.sid FROM {table} t WHERE t.sid >= {from} ORDER BY t.sid LIMIT $2),
            gone AS (DELETE FROM {table} d USING page WHERE d.sid = page.sid)
            SELECT max({sid}), count(*) FROM page t
            """;
    }

    /// <summary>The statements of every relational store.</summary>
    public RelationalStatements Shared { get; }

    public string SetIfAbsent { get; }

    public string SetIfSame { get; }

    public string EndIfSame { get; }

    public string GetAndTouch { get; }

    public string Clear { get; }
}
