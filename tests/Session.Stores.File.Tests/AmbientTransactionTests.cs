namespace ServerSessions.Stores.File.Tests;

public sealed class AmbientTransactionTests() : AmbientTransactionTests<TestFolder, FileSessionStore>(TestFolder.CreateAsync);
