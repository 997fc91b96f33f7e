using Session.Testing;

namespace Session.Stores.Postgres.Tests;

public sealed class ConcurrencyTests(SharedPostgres shared)
    : ConcurrencyTests<TestDatabase, PostgresSessionStore>(() => TestDatabase.CreateAsync(shared));
