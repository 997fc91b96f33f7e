using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class ConcurrencyTests(SharedPostgres shared)
    : ConcurrencyTests<TestDatabase, PostgresSessionStore>(() => TestDatabase.CreateAsync(shared));
