namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class AmbientTransactionTests() : AmbientTransactionTests<TestDatabase, SqliteSessionStore>(TestDatabase.CreateAsync);
