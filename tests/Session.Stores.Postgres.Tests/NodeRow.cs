using Dapper;
using Npgsql;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>connect-pg-simple 10, as its statements: the texts here are its own.</summary>
internal static class NodeRow
{
    public const string CreateTable = """
        CREATE TABLE "session" (
          "sid" varchar NOT NULL COLLATE "default",
          "sess" json NOT NULL,
          "expire" timestamp(6) NOT NULL
        )
        WITH (OIDS=FALSE);

        ALTER TABLE "session" ADD CONSTRAINT "session_pkey" PRIMARY KEY ("sid") NOT DEFERRABLE INITIALLY IMMEDIATE;

        CREATE INDEX "IDX_session_expire" ON "session" ("expire");
        """;

    public static Task<string?> SetAsync(this NpgsqlConnection node, string sid, string sess, long expireTime) =>
        node.ExecuteScalarAsync<string>(
            """
            INSERT INTO "session" (sess, expire, sid) SELECT @sess::json, to_timestamp(@expireTime), @sid
            ON CONFLICT (sid) DO UPDATE SET sess=@sess::json, expire=to_timestamp(@expireTime) RETURNING sid
            """,
            new
            {
                sess,
                expireTime,
                sid,
            }
        );

    public static Task<string?> GetAsync(this NpgsqlConnection node, string sid, long now) =>
        node.ExecuteScalarAsync<string>(
            "SELECT sess::text FROM \"session\" WHERE sid = @sid AND expire >= to_timestamp(@now)",
            new { sid, now }
        );

    public static Task<string?> TouchAsync(this NpgsqlConnection node, string sid, long expireTime) =>
        node.ExecuteScalarAsync<string>(
            "UPDATE \"session\" SET expire = to_timestamp(@expireTime) WHERE sid = @sid RETURNING sid",
            new { expireTime, sid }
        );

    public static Task<int> PruneAsync(this NpgsqlConnection node, long now) =>
        node.ExecuteAsync("DELETE FROM \"session\" WHERE expire < to_timestamp(@now)", new { now });
}
