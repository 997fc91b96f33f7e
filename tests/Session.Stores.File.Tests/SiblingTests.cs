namespace ServerSessions.Stores.File.Tests;

public sealed class SiblingTests() : SiblingTests<TestFolder, FileSessionStore>(TestFolder.CreateAsync);
