using System.Globalization;
using MongoDB.Driver;
using Session.Testing;

namespace Session.Stores.Mongo.Tests;

public sealed class EnumerationTests(SharedMongoOrSubstitute shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_yields_every_live_session_once_with_its_content_and_expiry_over_many_pages()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            store.SetAsync($"sid{i}", mongo.Record($"{i}", TimeSpan.FromSeconds(i % 2 == 0 ? 10 : 1)), Cancel).AsTask()));
        mongo.Clock.Advance(TimeSpan.FromSeconds(5));

        var all = await store.AllAsync(Cancel).ToListAsync(Cancel);
        Assert.Equal(500, all.Select(entry => entry.Sid).Distinct().Count());
        Assert.Equal(500, all.Count);
        Assert.Equal(500, await store.LengthAsync(Cancel));
        Assert.All(all, entry =>
        {
            Assert.Equal(TestMongo.Payload(entry.Sid[3..]), entry.Record.Payload.ToArray());
            Assert.Equal(mongo.Clock.GetUtcNow().AddSeconds(5), entry.Record.Expires);
        });
    }

    [Fact]
    public async Task Large_sessions_make_small_pages_and_none_is_lost()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        for (var i = 0; i < 8; i++)
        {
            await store.SetAsync($"{i}", mongo.Record(new string('x', 2_500_000)), Cancel);
        }

        Assert.Equal(8, await store.AllAsync(Cancel).Select(entry => entry.Sid).Distinct().CountAsync(Cancel));
    }

    [Fact]
    public async Task Sessions_that_stay_are_yielded_once_though_they_are_written_and_others_come_and_go()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        for (var i = 0; i < 600; i++)
        {
            await store.SetAsync(i.ToString("D4", CultureInfo.InvariantCulture), mongo.Record(), Cancel);
        }

        var seen = new List<string>();
        await foreach (var entry in store.AllAsync(Cancel))
        {
            seen.Add(entry.Sid);
            if (seen.Count % 20 == 0)
            {
                await store.SetAsync("0000", mongo.Record("again"), Cancel);
                await store.SetAsync($"new{seen.Count}", mongo.Record(), Cancel);
                await store.DestroyAsync($"new{seen.Count - 20}", Cancel);
            }
        }

        Assert.Equal(Enumerable.Range(0, 600).Select(i => i.ToString("D4", CultureInfo.InvariantCulture)), seen.Where(sid => sid[0] == '0'));
    }

    [Fact]
    public async Task A_session_that_expires_while_the_caller_dawdles_is_not_yielded()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record(), Cancel);
        await store.SetAsync("b", mongo.Record(life: TimeSpan.FromSeconds(1)), Cancel);
        await using var steps = store.AllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await steps.MoveNextAsync());
        mongo.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await steps.MoveNextAsync());
    }

    [Fact]
    public async Task Clear_removes_all_whatever_it_is_and_keeps_the_index()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var store = mongo.Store();
        await store.SetAsync("a", mongo.Record(), Cancel);
        await store.SetAsync("b", mongo.Record(), Cancel);
        await store.TouchAsync("b", mongo.Record(life: TimeSpan.Zero), Cancel);
        await mongo.InsertAsync("{ _id: 7, other: 1 }");
        await store.ClearAsync(Cancel);
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await mongo.CountAsync());
        using var indexes = await mongo.Collection.Indexes.ListAsync(Cancel);
        Assert.Equal(["_id_", "expires_1"], (await indexes.ToListAsync(Cancel)).Select(index => index["name"].AsString));
    }
}
