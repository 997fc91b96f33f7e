namespace ServerSessions.Stores.Sqlite.Statements;

/// <summary>The statements for one table. The table name is quoted; all values are bound.</summary>
/// <remarks>
/// SQLite sorts null before numbers before text before blobs. So <c>expired &gt; now AND expired &lt; ''</c> is true only for numbers in
/// the future, and the index serves both conditions. Text in that column (ISO dates of knex) is never alive.
/// </remarks>
internal sealed class SessionStatements
{
    public SessionStatements(string tableName)
    {
        TableName = tableName;
        IndexName = tableName + "_expired";
        var table = Quote(tableName);

        CreateTable = $"CREATE TABLE IF NOT EXISTS {table} (sid PRIMARY KEY, expired, sess)";
        CreateIndex = $"CREATE INDEX IF NOT EXISTS {Quote(IndexName)} ON {table}(expired)";
        Get = $"SELECT sess, expired FROM {table} WHERE sid = ?1 AND expired > ?2 AND expired < ''";
        Exists = $"SELECT 1 FROM {table} WHERE sid = ?1 AND expired > ?2 AND expired < ''";
        Set = $"""
            INSERT INTO {table} (sid, expired, sess) VALUES (?1, ?2, ?3)
            ON CONFLICT (sid) DO UPDATE SET expired = excluded.expired, sess = excluded.sess
            """;
        SetIfAbsent = $"""
            INSERT INTO {table} (sid, expired, sess) VALUES (?1, ?2, ?3)
            ON CONFLICT (sid) DO UPDATE SET expired = excluded.expired, sess = excluded.sess
            WHERE ({table}.expired > ?4 AND {table}.expired < '') IS NOT TRUE
            """;
        SetIfSame = $"""
            UPDATE {table} SET expired = ?2, sess = ?3
            WHERE sid = ?1 AND expired > ?4 AND expired < '' AND CAST(sess AS BLOB) = ?5
            """;
        Touch = $"UPDATE {table} SET expired = ?2 WHERE sid = ?1 AND expired > ?3 AND expired < ''";
        Destroy = $"DELETE FROM {table} WHERE sid = ?1";
        Clear = $"DELETE FROM {table}";
        Count = $"SELECT count(*) FROM {table} WHERE expired > ?1 AND expired < ''";

        // Text only: sid > '' excludes numbers and sid < x'' excludes blobs, which cannot be session ids.
        Page = $"""
            SELECT sid, sess, expired FROM {table}
            WHERE sid > ?1 AND sid < x'' AND +expired > ?2 AND +expired < '' ORDER BY sid LIMIT ?3
            """;
        PruneExpired = $"""
            DELETE FROM {table} WHERE sid IN (SELECT sid FROM {table} WHERE expired <= ?1 ORDER BY expired LIMIT ?2)
            """;

        // An expiry that is not a number is never read, and connect-sqlite3's cleanup never removes it. A date stays until it has passed.
        PruneUnreadable = $"""
            DELETE FROM {table} WHERE sid IN (
                SELECT sid FROM {table} WHERE (expired IS NULL OR expired >= '')
                AND coalesce(unixepoch(expired, 'subsec') * 1000.0, 0) <= ?1 LIMIT ?2)
            """;
    }

    public string TableName { get; }

    public string IndexName { get; }

    public string CreateTable { get; }

    public string CreateIndex { get; }

    public string Get { get; }

    public string Exists { get; }

    public string Set { get; }

    public string SetIfAbsent { get; }

    public string SetIfSame { get; }

    public string Touch { get; }

    public string Destroy { get; }

    public string Clear { get; }

    public string Count { get; }

    public string Page { get; }

    public string PruneExpired { get; }

    public string PruneUnreadable { get; }

    private static string Quote(string identifier) => '"' + identifier.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
