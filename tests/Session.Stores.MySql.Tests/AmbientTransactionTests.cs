using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class AmbientTransactionTests(SharedMySql shared)
    : RelationalAmbientTransactionTests<TestDatabase, MySqlSessionStore, MySqlSessionStoreOptions>(() =>
        TestDatabase.CreateAsync(shared)
    );
