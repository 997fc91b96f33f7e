using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class SiblingTests(SharedMySql shared)
    : SiblingTests<TestDatabase, MySqlSessionStore>(() => TestDatabase.CreateAsync(shared));
