namespace Session.Stores.File.Tests;

public sealed class AmbientTransactionTests()
    : AmbientTransactionTests<TestFolder, FileSessionStore>(TestFolder.CreateAsync);
