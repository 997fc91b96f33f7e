using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class ConcurrencyTests(SharedMySql shared)
    : ConcurrencyTests<TestDatabase, MySqlSessionStore>(() => TestDatabase.CreateAsync(shared));

public sealed class BinaryConcurrencyTests(SharedMySql shared)
    : ConcurrencyTests<TestDatabase, MySqlSessionStore>(() => TestDatabase.CreateAsync(shared, MySqlSessionFormat.Binary));
