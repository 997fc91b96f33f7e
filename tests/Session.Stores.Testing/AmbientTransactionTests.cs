using System.Transactions;

namespace ServerSessions.Stores.Testing;

/// <summary>What the application does in a transaction of its own, and takes back, is no part of its sessions.</summary>
public abstract class AmbientTransactionTests<TPlace, TStore>(Func<Task<TPlace>> newPlace) : StoreTests<TPlace, TStore>(newPlace)
    where TPlace : StorePlace<TStore>
    where TStore : class, ITouchableSessionStore, IConditionalSessionStore, IEnumerableSessionStore, IDisposable, IAsyncDisposable
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task What_was_acknowledged_in_an_ambient_transaction_stays_when_that_is_rolled_back(bool flows, bool isOver)
    {
        await using var place = await NewPlaceAsync();
        await AmbientTransaction.TakesNothingBackAsync(place.NewStore(), place.Record, flows, isOver);
    }
}

/// <summary>Every call of a store in a <see cref="TransactionScope"/> that is rolled back.</summary>
public static class AmbientTransaction
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The first call is made there too, so that opening is.</summary>
    /// <param name="store">The store, not used yet.</param>
    /// <param name="record">Makes a record that holds a value and lives that long.</param>
    /// <param name="flows">Whether the transaction follows the calls to other threads, or is that of the calling thread alone.</param>
    /// <param name="isOver">Whether the application has completed the scope before its calls, and the transaction fails all the
    /// same.</param>
    public static async Task TakesNothingBackAsync<TStore>(
        TStore store,
        Func<string, TimeSpan?, SessionRecord> record,
        bool flows,
        bool isOver
    )
        where TStore : ITouchableSessionStore, IConditionalSessionStore, IEnumerableSessionStore
    {
        var longer = record("touched", TimeSpan.FromHours(3));
        await InScopeAsync(flows, isOver, async () => await store.SetAsync("set", record("a", null), Cancel));
        await InScopeAsync(flows, isOver, async () =>
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("tried", record("a", null), null, Cancel))
        );
        await InScopeAsync(flows, isOver, async () => Assert.True(await store.TouchAsync("set", longer, Cancel)));
        await InScopeAsync(flows, isOver, async () => Assert.Equal(2, await store.LengthAsync(Cancel)));
        await InScopeAsync(flows, isOver, async () => Assert.Equal(2, (await store.AllAsync(Cancel).ToListAsync(Cancel)).Count));
        if (store is IPrunableSessionStore prunable)
        {
            await InScopeAsync(flows, isOver, async () => Assert.Equal(0, await prunable.PruneAsync(10, Cancel)));
        }

        Assert.Equal(StorePlace.Payload("a"), (await store.GetAsync("tried", Cancel))!.Payload.ToArray());
        Assert.InRange(
            (await store.GetAsync("set", Cancel))!.Expires!.Value,
            longer.Expires!.Value.AddMinutes(-1),
            longer.Expires!.Value.AddSeconds(1)
        );
        await InScopeAsync(flows, isOver, async () => await store.DestroyAsync("set", Cancel));
        Assert.Null(await store.GetAsync("set", Cancel));
        await InScopeAsync(flows, isOver, async () => await store.ClearAsync(Cancel));
        Assert.Equal(0, await store.LengthAsync(Cancel));
    }

    private static async Task InScopeAsync(bool flows, bool isOver, Func<Task> call)
    {
        // Without a flow the scope must end on its own thread, and a call sees it as long as it has not waited.
        Task running;
        using (var scope = new TransactionScope(flows ? TransactionScopeAsyncFlowOption.Enabled : TransactionScopeAsyncFlowOption.Suppress))
        {
            var transaction = Transaction.Current!;
            if (isOver)
            {
                scope.Complete();
            }

            running = call();
            if (flows)
            {
                await running;
            }

            transaction.Rollback();
            try
            {
                scope.Dispose();
            }
            catch (TransactionAbortedException)
            {
                // What was completed cannot be committed any more.
            }
        }

        await running;
    }
}
