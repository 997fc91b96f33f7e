namespace ServerSessions.Stores.Postgres.Schema;

/// <summary>The statements that find, check and create the table.</summary>
internal static class SchemaSql
{
    /// <summary>The columns of a table. $1: the quoted name, looked up on the search path if it has no schema.</summary>
    public const string Columns = """
        SELECT n.nspname::text, c.relname::text, c.relkind::text, a.attname::text,
            replace(pg_catalog.format_type(a.atttypid, NULL), '"', ''),
            a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', coalesce(o.collisdeterministic, true)
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation
        WHERE c.oid = pg_catalog.to_regclass($1) ORDER BY a.attnum
        """;

    /// <summary>
    /// The facts about a table. $1: the quoted name with its schema. Columns: unique by sid; indexed by expire; the missing rights; the
    /// server's process id, which a pooler hides from its clients; the zone and its source; the deferrable constraint on sid.
    /// </summary>
    public const string Facts = """
        SELECT
            EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = t.oid AND a.attname = 'sid' AND i.indnkeyatts = 1 AND i.indisunique AND i.indimmediate AND i.indisvalid
                AND i.indpred IS NULL),
            EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = t.oid AND a.attname = 'expire' AND i.indisvalid AND i.indpred IS NULL),
            coalesce((SELECT string_agg(r, ', ') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) r
                WHERE NOT pg_catalog.has_table_privilege(t.oid, r)), ''),
            pg_catalog.pg_backend_pid(), z.reset_val, z.source,
            (SELECT min(c.conname::text) FROM pg_catalog.pg_constraint c
                JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
                WHERE c.conrelid = t.oid AND a.attname = 'sid' AND c.contype IN ('p', 'u') AND c.condeferrable)
        FROM (SELECT pg_catalog.to_regclass($1)::oid AS oid) t, pg_catalog.pg_settings z WHERE z.name = 'TimeZone'
        """;

    /// <summary>Sets the zone of the transaction. $1: the zone.</summary>
    public const string UseZone = "SELECT pg_catalog.set_config('TimeZone', $1, true)";

    /// <summary>Whether a zone is not also an abbreviation, which AT TIME ZONE prefers. $1: the zone of the transaction.</summary>
    public const string IsZoneByName = """
        SELECT bool_and(i::timestamp = i AT TIME ZONE $1)
        FROM (VALUES (timestamptz '2026-01-15 12:00:00+00'), (timestamptz '2026-07-15 12:00:00+00')) AS instants (i)
        """;

    /// <summary>
    /// Takes the advisory lock of the creation until the transaction ends. $1: the quoted name; the current schema is part of the key.
    /// </summary>
    public const string Lock =
        "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('session stores ' || current_schema() || ' ' || $1, 0))";

    /// <summary>Whether a name is taken in the schema of a table. $1: the quoted name of the table; $2: the name.</summary>
    public const string IsTaken = """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_class t ON t.relnamespace = c.relnamespace
            WHERE t.oid = pg_catalog.to_regclass($1) AND c.relname = $2)
        """;

    /// <summary>Returns the statement that creates connect-pg-simple's table; the primary key is also named <c>session_pkey</c>.</summary>
    public static string CreateTable(string name) =>
        $"CREATE TABLE {name} (sid varchar NOT NULL COLLATE \"default\" PRIMARY KEY, sess json NOT NULL, expire timestamp(6) NOT NULL)";

    public static string CreateIndex(string index, string table) => $"CREATE INDEX {index} ON {table} (expire)";
}
