namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class SiblingTests() : SiblingTests<TestDatabase, SqliteSessionStore>(TestDatabase.CreateAsync);
