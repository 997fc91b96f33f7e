using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class DisposalTests(SharedMySql shared)
    : RelationalDisposalTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(() => TestDatabase.CreateAsync(shared));
