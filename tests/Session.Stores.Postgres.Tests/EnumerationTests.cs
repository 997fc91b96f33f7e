using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class EnumerationTests(SharedPostgres shared)
    : RelationalEnumerationTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    protected override string ASecondLater => "expire + interval '1 second'";

    protected override async Task AssertFreeAsync(TestDatabase database)
    {
        Assert.Equal(
            0,
            await database.QueryAsync<int>(
                "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'session'"
            )
        );
        await database.ExecuteAsync("BEGIN; SET LOCAL lock_timeout = '100ms'; LOCK TABLE session IN ACCESS EXCLUSIVE MODE; COMMIT");
    }

    protected override async Task AssertTableAndIndexAsync(TestDatabase database) =>
        Assert.Equal(
            3,
            await database.QueryAsync<int>(
                "SELECT count(*) FROM pg_class WHERE relname IN ('session', 'session_pkey', 'IDX_session_expire')"
            )
        );
}
