using System.Data.Common;
using Dapper;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>connect-pg-simple 10, as its statements: the texts here are its own.</summary>
internal sealed class ConnectPgSimple(DbConnection connection) : NodePackage(connection)
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

    public override Task SetAsync(string sid, string session, long expires) =>
        Connection.ExecuteAsync(
            """
            INSERT INTO "session" (sess, expire, sid) SELECT @session::json, to_timestamp(@expires), @sid
            ON CONFLICT (sid) DO UPDATE SET sess=@session::json, expire=to_timestamp(@expires) RETURNING sid
            """,
            new
            {
                session,
                expires,
                sid,
            }
        );

    public override Task<string?> GetAsync(string sid, long now) =>
        Connection.ExecuteScalarAsync<string>(
            "SELECT sess::text FROM \"session\" WHERE sid = @sid AND expire >= to_timestamp(@now)",
            new { sid, now }
        );

    public override async Task<bool> TouchAsync(string sid, long expires) =>
        await Connection.ExecuteScalarAsync<string>(
            "UPDATE \"session\" SET expire = to_timestamp(@expires) WHERE sid = @sid RETURNING sid",
            new { expires, sid }
        ) == sid;

    public override Task<int> PruneAsync(long now) =>
        Connection.ExecuteAsync("DELETE FROM \"session\" WHERE expire < to_timestamp(@now)", new { now });
}
