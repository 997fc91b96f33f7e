namespace ServerSessions.Tests.Values;

/// <summary>Takes and updates of a request whose session another request has changed or ended since it was read.</summary>
public sealed class OutdatedValueTests
{
    [Fact]
    public async Task An_update_that_refuses_an_outdated_value_is_asked_again_with_the_stored_one()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("credit", 0));

        using var response = await app.DoAsync(async session =>
        {
            using var other = await app.DoAsync(static paid => paid.Set("credit", 100));
            Assert.Equal(90, await session.UpdateAsync<int>("credit", static credit => Spend(credit)));
        });

        Assert.Equal("credit=90", await app.StoredAsync());
    }

    [Fact]
    public async Task An_update_that_refuses_the_stored_value_throws_and_changes_nothing()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("credit", 100));

        using var response = await app.DoAsync(async session =>
        {
            using var other = await app.DoAsync(static spent => spent.Set("credit", 1));
            await Assert.ThrowsAsync<NoCreditException>(async () =>
                await session.UpdateAsync<int>("credit", static credit => Spend(credit))
            );
        });

        Assert.Equal("credit=1", await app.StoredAsync());
    }

    [Fact]
    public async Task A_value_of_another_type_is_taken_if_a_parallel_request_has_corrected_it()
    {
        await using var app = await ValuesApp.StartAsync(static session => session.Set("code", "abc"));

        using var response = await app.DoAsync(async session =>
        {
            using var other = await app.DoAsync(static corrected => corrected.Set("code", 7));
            Assert.Equal(7, await session.TakeAsync<int>("code"));
        });

        Assert.Equal("", await app.StoredAsync());
    }

    [Fact]
    public async Task Takes_of_an_ended_session_take_turns_and_do_not_reach_the_store_at_once()
    {
        const int Requests = 3;
        await using var app = await ValuesApp.StartAsync(static session => session.Set("code", "abc"));
        using var barrier = new Barrier(Requests);
        var (inLine, entered) = (0, 0);
        TaskCompletionSource[] gates = [.. Enumerable.Range(0, Requests).Select(static _ => new TaskCompletionSource())];
        app.Store.AfterGet = async () =>
        {
            await barrier.WaitAsync();
            await foreach (var entry in app.Store.Inner.AllAsync())
            {
                await app.Store.Inner.DestroyAsync(entry.Sid);
            }
        };
        app.Store.Before = call => call == "set" ? gates[Interlocked.Increment(ref entered) - 1].Task : Task.CompletedTask;

        var takes = Task.WhenAll(
            Enumerable
                .Range(0, Requests)
                .Select(_ =>
                    app.DoAsync(async session =>
                    {
                        // It runs until it waits: for the store, or for its turn.
                        var take = session.TakeAsync<string>("code").AsTask();
                        Interlocked.Increment(ref inLine);
                        await Assert.ThrowsAsync<SessionNotFoundException>(() => take);
                    })
                )
        );
        await UntilAsync(() => Volatile.Read(ref inLine) == Requests, "all in line");
        for (var turn = 1; turn <= Requests; turn++)
        {
            await UntilAsync(() => Volatile.Read(ref entered) >= turn, $"the writer of turn {turn}");

            // Whoever went on with the writer of this turn is at the store before the response to a request that comes later.
            using var later = await app.DoAsync(static _ => { });
            Assert.Equal(turn, Volatile.Read(ref entered));
            gates[turn - 1].SetResult();
        }

        await takes;
    }

    private static Task UntilAsync(Func<bool> isSo, string what) =>
        Bounded.UntilAsync(isSo, what, TestContext.Current.CancellationToken);

    private static int Spend(int credit) => credit >= 10 ? credit - 10 : throw new NoCreditException();

    private sealed class NoCreditException : Exception;
}
