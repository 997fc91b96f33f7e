namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class ConcurrencyTests() : ConcurrencyTests<TestDatabase, SqliteSessionStore>(TestDatabase.CreateAsync)
{
    [Fact]
    public async Task Writes_that_wait_together_are_all_acknowledged_and_present()
    {
        await using var database = new TestDatabase();
        await AtOnce.WritesAreAllPresentAsync(database);
    }

    [Fact]
    public async Task A_write_that_fails_does_not_fail_those_committed_with_it()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await store.OpenAsync(Cancel);
        database.Execute("CREATE TRIGGER refuse BEFORE INSERT ON sessions WHEN NEW.sid LIKE 'bad%' BEGIN SELECT RAISE(ABORT, 'no'); END");

        // Behind a lock they gather into one transaction.
        using var blocker = database.Connect();
        TestDatabase.Execute(blocker, "BEGIN IMMEDIATE");
        var writes = Enumerable
            .Range(0, 100)
            .Select(i => store.SetAsync($"{(i % 3 == 0 ? "bad" : "good")}{i}", database.Record(), Cancel).AsTask())
            .ToList();
        TestDatabase.Execute(blocker, "COMMIT");

        for (var i = 0; i < 100; i++)
        {
            if (i % 3 == 0)
            {
                Assert.False((await Assert.ThrowsAsync<SessionStoreException>(() => writes[i])).IsTransient);
            }
            else
            {
                await writes[i];
                Assert.NotNull(await store.GetAsync($"good{i}", Cancel));
            }
        }
    }
}
