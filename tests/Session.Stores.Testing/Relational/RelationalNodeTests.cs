using System.Text;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Testing.Relational;

/// <summary>The Node package beside the store: its statements, its rows, its clock.</summary>
/// <param name="newPlace">Makes an empty database.</param>
public abstract class RelationalNodeTests<TDatabase, TStore, TOptions>(Func<Task<TDatabase>> newPlace)
    : StoreTests<TDatabase, TStore>(newPlace)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    private const string NodeSession =
        """{"cookie":{"originalMaxAge":60000,"expires":"2026-03-01T12:01:00.000Z","httpOnly":true,"path":"/"},"user":{"name":"Zoë","n":1.5}}""";

    // With everything that a column of JSON keeps verbatim.
    private const string Everything =
        """{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"nul":"\u0000","lone":"\ud800","emoji":"😀","b":1,"a":{"d.e":1,"$x":null},"big":9007199254740993,"s":" \u2028</script>"}""";

    [Theory]
    [InlineData(NodeSession)]
    [InlineData(Everything)]
    public async Task A_row_that_Node_wrote_is_read_with_its_bytes_and_its_expiry(string session)
    {
        await using var database = await NewPlaceAsync();
        await database.CreateAsNodeAsync();
        await using var node = await database.NodeAsync();
        await node.SetAsync("node", session, database.NowSeconds + 60);

        var store = database.NewStore();
        var read = await store.GetAsync("node", Cancel);
        Assert.Equal(session, Encoding.UTF8.GetString(read!.Payload.Span));
        Assert.Equal(database.Clock.GetUtcNow().AddMinutes(1), read.Expires);
        Assert.Equal("node", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.True(await store.TouchAsync("node", database.Record(), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("node", database.Record("ours"), read, Cancel));
    }

    [Theory]
    [InlineData(NodeSession)]
    [InlineData(Everything)]
    public async Task A_row_of_ours_is_found_by_Nodes_own_query_until_its_second(string session)
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        await store.SetAsync(
            "ours",
            new SessionRecord(Encoding.UTF8.GetBytes(session), database.Clock.GetUtcNow().AddMilliseconds(1500)),
            Cancel
        );

        await using var node = await database.NodeAsync();
        var now = database.NowSeconds;
        Assert.Equal(now + 2, await database.QueryAsync<long>($"SELECT {SecondsOfExpires} FROM {database.Table.Name}"));
        Assert.Equal(session, await node.GetAsync("ours", now));
        Assert.Equal(session, await node.GetAsync("ours", now + 2));
        Assert.Null(await node.GetAsync("ours", now + 3));
        Assert.Equal(0, await node.PruneAsync(now + 2));
        Assert.True(await node.TouchAsync("ours", now + 60));
        Assert.Equal(database.Clock.GetUtcNow().AddMinutes(1), (await store.GetAsync("ours", Cancel))!.Expires);
    }

    [Fact]
    public async Task A_session_that_we_ended_is_over_for_Node_and_pruned_by_it()
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.True(await store.TouchAsync("a", database.Record(life: TimeSpan.FromTicks(-1)), Cancel));
        await using var node = await database.NodeAsync();
        Assert.Null(await node.GetAsync("a", database.NowSeconds));
        Assert.Equal(1, await node.PruneAsync(database.NowSeconds));
    }

    protected async Task AssertColumnRulesAsync()
    {
        await using var database = await NewPlaceAsync();
        var store = database.NewStore();
        await store.OpenAsync(Cancel);
        await using var node = await database.NodeAsync();
        await node.SetAsync("alive", """{"cookie":{"originalMaxAge":1,"expires":"2001-01-01T00:00:00.000Z"}}""", database.NowSeconds + 1);
        await node.SetAsync("over", NodeSession, database.NowSeconds);
        Assert.NotNull(await store.GetAsync("alive", Cancel));
        Assert.Null(await store.GetAsync("over", Cancel));
    }

    /// <summary>The column of expiries in whole seconds since 1970, as SQL.</summary>
    protected abstract string SecondsOfExpires { get; }
}
