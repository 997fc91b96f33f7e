using Dapper;
using Microsoft.Extensions.Logging;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Testing.Relational;

public abstract class RelationalPruneTests<TDatabase, TStore, TOptions>(Func<Task<TDatabase>> newPlace, ITestOutputHelper output)
    : PruneTests<TDatabase, TStore>(newPlace, rounds: 5)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    [Fact]
    public async Task A_row_that_somebody_holds_is_left_for_the_next_time()
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        await SetExpiringAsync(database, store, 3);
        database.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var other = await database.ConnectAsync();
        await using (var transaction = await other.BeginTransactionAsync(Cancel))
        {
            var table = database.Table;
            await other.ExecuteAsync($"SELECT * FROM {table.Name} {table.Row("expiring1")} FOR UPDATE", transaction: transaction);
            Assert.Equal(2, await store.PruneAsync(10, Cancel));
        }

        Assert.Equal(1, await store.PruneAsync(10, Cancel));
    }

    [Fact]
    public Task The_timer_waits_between_half_and_one_and_a_half_of_the_interval_and_then_removes_everything_in_batches() =>
        AssertTimerWaitsAndRemovesEverythingAsync();

    /// <summary>Eight instances prune what ten callers touch.</summary>
    /// <param name="sessions">How many sessions expire.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="newDatabase">Makes a database, with or without its table.</param>
    protected async Task AssertWhatIsTouchedStaysAsync(int sessions, int rounds, Func<Task<TDatabase>> newDatabase)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            await using var database = await newDatabase();
            var store = database.NewStore();
            await store.SetAsync("alive", database.Record(life: TimeSpan.FromHours(1)), Cancel);
            await database.InsertManyAsync("a", sessions, database.ExpiresIn(3));

            // For the pruning instances, whose clocks are ahead, all of them have expired; for the touching one none has.
            var ahead = new FakeTimeProvider(database.Clock.GetUtcNow().AddSeconds(10));
            var removed = 0;
            var pruning = Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            await using var instance = database.StoreWith(new StoreSettings(), ahead);
                            int batch;
                            while ((batch = await instance.PruneAsync(50, Cancel)) > 0)
                            {
                                Interlocked.Add(ref removed, batch);
                            }
                        },
                        Cancel
                    )
                )
                .ToList();
            var order = Enumerable.Range(1, sessions).ToArray();
            random.Shuffle(order);
            var touched = 0;
            var touching = order
                .Take(600)
                .Chunk(60)
                .Select(chunk =>
                    Task.Run(
                        async () =>
                        {
                            foreach (var i in chunk)
                            {
                                if (await store.TouchAsync($"a{i}", database.Record(), Cancel))
                                {
                                    Interlocked.Increment(ref touched);
                                }
                            }
                        },
                        Cancel
                    )
                )
                .ToList();
            await Task.WhenAll(pruning.Concat(touching));

            // An instance ends where the rest is locked by others; what was skipped then is taken at the next time.
            var late = database.NewStore();
            database.Clock.Advance(TimeSpan.FromSeconds(10));
            removed += await late.PruneAsync(sessions, Cancel);
            output.WriteLine($"{removed} removed, {touched} touched in time");
            Assert.Equal(sessions, removed + touched);
            Assert.Equal(touched + 1, await store.LengthAsync(Cancel));
        }
    }

    protected override TStore NewStore(TDatabase place, TimeSpan interval, ILogger<TStore>? logger = null, TimeProvider? clock = null) =>
        place.StoreWith(new StoreSettings { PruneInterval = interval, PruneBatch = 10 }, clock, logger);

    protected override Task<long> CountAsync(TDatabase place) => place.CountAsync();
}
