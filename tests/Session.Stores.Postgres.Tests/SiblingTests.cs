using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class SiblingTests(SharedPostgres shared)
    : SiblingTests<TestDatabase, PostgresSessionStore>(() => TestDatabase.CreateAsync(shared));
