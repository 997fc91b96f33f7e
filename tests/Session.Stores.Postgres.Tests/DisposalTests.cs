using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class DisposalTests(SharedPostgres shared)
    : RelationalDisposalTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(() => TestDatabase.CreateAsync(shared));
