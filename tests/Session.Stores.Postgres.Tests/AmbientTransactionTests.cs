using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class AmbientTransactionTests(SharedPostgres shared)
    : RelationalAmbientTransactionTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(() =>
        TestDatabase.CreateAsync(shared)
    );
