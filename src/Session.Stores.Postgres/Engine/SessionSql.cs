namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// The statements for one table. Instants come in as <c>timestamptz</c>; where the column has no time zone they are turned into its zone by
/// name and not by the connection's setting, which a pooler or a shared data source may have changed.
/// </summary>
internal sealed class SessionSql
{
    public SessionSql(TableLayout layout)
    {
        var table = PostgresIdentifier.Quote(layout.Schema, layout.Table);
        var type = layout.Payload switch
        {
            PayloadType.Json => "json",
            PayloadType.Jsonb => "jsonb",
            _ => "text",
        };

        // The name of a zone holds no quote: SessionSchema has seen to that.
        var zone = layout.TimeZone is null ? "" : $" AT TIME ZONE '{layout.TimeZone}'";
        var expires = layout.TimeZone is null ? "t.expire" : $"(t.expire{zone})";

        // Of a padded column the first can use the index and takes blanks at the end for nothing; the second, without the padding, is
        // exact.
        var isSid = layout.PadsSids ? "t.sid = $1::bpchar AND t.sid::text = $1" : "t.sid = $1";
        var (sid, from) = layout.PadsSids ? ("t.sid::text", "$1::bpchar") : ("t.sid", "$1");

        // jsonb has an order of its own, so texts that differ can be the same value. Texts are compared byte for byte.
        string Same(string parameter) =>
            layout.Payload == PayloadType.Jsonb ? $"t.sess = {parameter}::jsonb" : $"t.sess::text COLLATE \"C\" = {parameter}";

        Get = $"SELECT t.sess::text, {expires} FROM {table} t WHERE {isSid} AND {expires} > $2";
        Set = $"""
            INSERT INTO {table} (sid, expire, sess) VALUES ({from}, $2{zone}, $3::{type})
            ON CONFLICT (sid) DO UPDATE SET sess = excluded.sess, expire = excluded.expire
            """;
        SetIfAbsent = $"""
            INSERT INTO {table} AS t (sid, expire, sess) VALUES ({from}, $2{zone}, $3::{type})
            ON CONFLICT (sid) DO UPDATE SET sess = excluded.sess, expire = excluded.expire WHERE ({expires} > $4) IS NOT TRUE
            """;

        // Locking first and looking then: what is compared is the row as the last writer left it, and a row that was just deleted is
        // missing, not changed.
        SetIfSame = $"""
            WITH found AS MATERIALIZED (
                SELECT t.sid, coalesce({Same("$5")}, false) AS same FROM {table} t WHERE {isSid} AND {expires} > $4 FOR UPDATE),
            stored AS (
                UPDATE {table} u SET sess = $3::{type}, expire = $2{zone} FROM found WHERE u.sid = found.sid AND found.same)
            SELECT same FROM found
            """;

        // The same for what is to be absent: a row that is dead already goes as well.
        EndIfSame = $"""
            WITH found AS MATERIALIZED (
                SELECT t.sid, coalesce({expires} > $2, false) AS alive, coalesce({Same(
                "$3"
            )}, false) AS same FROM {table} t WHERE {isSid} FOR UPDATE),
            gone AS (
                DELETE FROM {table} d USING found WHERE d.sid = found.sid AND (found.same OR NOT found.alive))
            SELECT same FROM found WHERE alive
            """;

        // Locked first, as above. What is answered is what the row holds afterwards; one that does not begin so is locked and gets no new
        // version.
        GetAndTouch = $"""
            WITH found AS MATERIALIZED (
                SELECT t.sid, t.sess::text AS sess, {expires} AS expires, substring(convert_to(t.sess::text, 'UTF8') FOR octet_length($4)) = $4 AS begins
                FROM {table} t WHERE {isSid} AND {expires} > $3 FOR UPDATE),
            touched AS (
                UPDATE {table} t SET expire = $2{zone} FROM found WHERE t.sid = found.sid AND found.begins RETURNING {expires} AS expires)
            SELECT found.sess, coalesce(touched.expires, found.expires), touched.expires IS NOT NULL FROM found LEFT JOIN touched ON true
            """;
        Touch = $"UPDATE {table} t SET expire = $2{zone} WHERE {isSid} AND {expires} > $3";
        Destroy = $"DELETE FROM {table} t WHERE {isSid}";
        Count = $"SELECT count(*) FROM {table} t WHERE {expires} > $1";
        Page = $"SELECT {sid}, t.sess::text, {expires} FROM {table} t WHERE t.sid > {from} AND {expires} > $2 ORDER BY t.sid LIMIT $3";

        // Twice the same condition where the column has no zone: the first can use the index, the second is exact in the hour that a change
        // of clocks repeats.
        var expired = layout.TimeZone is null ? "t.expire <= $1" : $"t.expire <= $1{zone} AND {expires} <= $1";

        // What is locked stays where it is, and is found there in half the time that its sid takes. A place is one of a partition's.
        Prune = $"""
            WITH expired AS MATERIALIZED (
                SELECT t.tableoid, t.ctid FROM {table} t WHERE {expired} ORDER BY t.expire LIMIT $2 FOR UPDATE SKIP LOCKED)
            DELETE FROM {table} d
            WHERE d.ctid = ANY (ARRAY (SELECT ctid FROM expired)) AND (d.tableoid, d.ctid) IN (SELECT tableoid, ctid FROM expired)
            """;
        Clear = $"""
            WITH page AS MATERIALIZED (SELECT t.sid FROM {table} t WHERE t.sid >= {from} ORDER BY t.sid LIMIT $2),
            gone AS (DELETE FROM {table} d USING page WHERE d.sid = page.sid)
            SELECT max({sid}), count(*) FROM page t
            """;
    }

    public string Get { get; }

    public string Set { get; }

    public string SetIfAbsent { get; }

    public string SetIfSame { get; }

    public string EndIfSame { get; }

    public string GetAndTouch { get; }

    public string Touch { get; }

    public string Destroy { get; }

    public string Count { get; }

    public string Page { get; }

    public string Prune { get; }

    public string Clear { get; }
}
