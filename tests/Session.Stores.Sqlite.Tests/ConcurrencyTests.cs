using System.Globalization;
using System.Text;

namespace Session.Stores.Sqlite.Tests;

public sealed class ConcurrencyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_that_wait_together_are_all_acknowledged_and_present()
    {
        await using var database = new TestDatabase();
        var store = database.Store();
        await Task.WhenAll(Enumerable.Range(0, 3000).Select(i =>
            Task.Run(() => store.SetAsync($"sid{i}", database.Record($"{i}"), Cancel).AsTask(), Cancel)));
        Assert.Equal(3000, await store.LengthAsync(Cancel));
        Assert.Equal(TestDatabase.Payload("2999"), (await store.GetAsync("sid2999", Cancel))!.Payload.ToArray());
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
        var writes = Enumerable.Range(0, 100).Select(i => store.SetAsync($"{(i % 3 == 0 ? "bad" : "good")}{i}", database.Record(), Cancel).AsTask()).ToList();
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

    [Fact]
    public async Task Parallel_read_modify_writes_on_two_stores_lose_nothing()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var database = new TestDatabase();
            SqliteSessionStore[] stores = [database.Store(), database.Store()];
            await stores[0].SetAsync("a", Numbers(database, []), Cancel);
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => AddAsync(database, stores[i % 2], i), Cancel)));

            var read = await stores[0].GetAsync("a", Cancel);
            Assert.Equal(Enumerable.Range(0, 64), Numbers(read!).Order());
        }
    }

    private static async Task AddAsync(TestDatabase database, SqliteSessionStore store, int number)
    {
        ConditionalSetResult result;
        do
        {
            var read = await store.GetAsync("a", Cancel);
            result = await store.TrySetAsync("a", Numbers(database, [.. Numbers(read!), number]), read, Cancel);
            Assert.NotEqual(ConditionalSetResult.Missing, result);
        }
        while (result != ConditionalSetResult.Stored);
    }

    private static SessionRecord Numbers(TestDatabase database, int[] numbers) =>
        new(Encoding.UTF8.GetBytes(string.Join(',', numbers)), database.Clock.GetUtcNow().AddHours(1));

    private static int[] Numbers(SessionRecord record) =>
        [.. Encoding.UTF8.GetString(record.Payload.Span).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
}
