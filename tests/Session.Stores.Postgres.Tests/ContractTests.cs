using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class ContractTests(SharedPostgres shared)
    : RelationalContractTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(() => TestDatabase.CreateAsync(shared))
{
    protected override string Backend => "PostgreSQL";
}
