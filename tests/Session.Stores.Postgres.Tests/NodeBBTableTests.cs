using System.Text.Json;
using Dapper;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>The table of connect-pg-simple as NodeBB has made it since 2018: ids in a column of fixed length.</summary>
public sealed class NodeBBTableTests(SharedPostgres shared)
{
    private const string CreateTable = """
        CREATE TABLE "session" ("sid" CHAR(32) NOT NULL COLLATE "C" PRIMARY KEY, "sess" JSONB NOT NULL, "expire" TIMESTAMPTZ NOT NULL);
        CREATE INDEX "session_expire_idx" ON "session"("expire")
        """;

    private const string Sid = "0123456789abcdef0123456789ABCDEF";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_Node_wrote_there_is_read_and_the_other_way_round()
    {
        await using var database = await NewAsync();
        await using var node = await database.NodeAsync();
        await node.SetAsync(Sid, """{"cookie":{"path":"/"},"user":"zoë"}""", database.NowSeconds + 60);
        await node.SetAsync("short", """{"cookie":{},"user":1}""", database.NowSeconds + 60);
        var store = database.Store();
        Assert.NotNull(await store.GetAsync(Sid, Cancel));
        Assert.NotNull(await store.GetAsync("short", Cancel));
        Assert.Equal(
            ["short", Sid],
            (await store.AllAsync(Cancel).ToListAsync(Cancel)).Select(static entry => entry.Sid).OrderDescending(StringComparer.Ordinal)
        );

        await store.SetAsync("ours", database.Record(), Cancel);
        Assert.NotNull(await node.GetAsync("ours", database.NowSeconds));
    }

    [Fact]
    public async Task Every_operation_works_there_and_no_two_ids_are_one()
    {
        await using var database = await NewAsync();
        var store = database.Store();
        await store.SetAsync("a", database.Record("first"), Cancel);
        await store.SetAsync(Sid, database.Record("full"), Cancel);
        var read = await store.GetAsync("a", Cancel);
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", database.Record("second"), read, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("third"), null, Cancel));
        Assert.True(await store.TouchAsync("a", database.Record(life: TimeSpan.FromMinutes(20)), Cancel));
        Assert.NotNull((await store.GetAndTouchAsync("a", default, Cancel)).Record);

        // The column would take these for the ones above; a cast would truncate a longer one.
        foreach (var other in new[] { "a ", "a  ", "A", " a", Sid + " ", Sid + "x", Sid.ToLowerInvariant() })
        {
            Assert.Null(await store.GetAsync(other, Cancel));
            Assert.False(await store.TouchAsync(other, database.Record(), Cancel));
            Assert.Null((await store.GetAndTouchAsync(other, default, Cancel)).Record);
            await store.DestroyAsync(other, Cancel);
        }

        Assert.Equal(2, await store.LengthAsync(Cancel));
        await store.SetAsync(" a", database.Record("blank before"), Cancel);
        Assert.Equal(["second", "blank before"], [await ValueAsync(store, "a"), await ValueAsync(store, " a")]);
        Assert.Equal(
            [" a", Sid, "a"],
            (await store.AllAsync(Cancel).ToListAsync(Cancel)).Select(static entry => entry.Sid).Order(StringComparer.Ordinal)
        );
        await store.DestroyAsync("a", Cancel);
        Assert.Null(await store.GetAsync("a", Cancel));

        database.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(2, await store.PruneAsync(10, Cancel));
        await store.SetAsync("b", database.Record(), Cancel);
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await database.QueryAsync<int>("SELECT count(*) FROM session"));
    }

    [Theory]
    [InlineData("a ", "ends with a blank")]
    [InlineData("a\t ", "ends with a blank")]
    [InlineData(Sid + " ", "ends with a blank")]
    [InlineData(Sid + "x", "longer than its column")]
    public async Task An_id_that_the_column_cannot_keep_is_refused_in_words_and_nothing_is_written(string sid, string says)
    {
        await using var database = await NewAsync();
        var store = database.Store();
        await store.SetAsync("a", database.Record("first"), Cancel);
        await store.SetAsync(Sid, database.Record("first"), Cancel);
        var expected = await store.GetAsync("a", Cancel);
        foreach (
            var call in new Func<Task>[]
            {
                () => store.SetAsync(sid, database.Record("other"), Cancel).AsTask(),
                () => store.TrySetAsync(sid, database.Record("other"), null, Cancel).AsTask(),
            }
        )
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(call);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }

        if (sid.EndsWith(' '))
        {
            await Assert.ThrowsAsync<SessionStoreException>(async () =>
                await store.TrySetAsync(sid, database.Record("other"), expected, Cancel)
            );
        }

        Assert.Equal(["first", "first"], [await ValueAsync(store, "a"), await ValueAsync(store, Sid)]);
        Assert.Equal(2, await store.LengthAsync(Cancel));
    }

    [Fact]
    public async Task A_session_is_found_by_the_index()
    {
        await using var database = await NewAsync();
        await database.Store().OpenAsync(Cancel);
        await database.ExecuteAsync(
            $"INSERT INTO session SELECT 'a' || i, '{{}}', to_timestamp({database.NowSeconds + 1000}) FROM generate_series(1, 20000) "
                + $"i; ANALYZE session"
        );
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1, ApplicationName = "looks" }.ConnectionString
        );
        await using var store = new PostgresSessionStore(new PostgresSessionStoreOptions { DataSource = source }, database.Clock);
        Assert.NotNull(await store.GetAsync("a77", Cancel));
        var statement = await database.QueryAsync<string>("SELECT query FROM pg_stat_activity WHERE application_name = 'looks'");
        await using var other = await database.ConnectAsync();
        await other.ExecuteAsync($"PREPARE look (text, timestamptz) AS {statement}");
        var plan = string.Join('\n', await other.QueryAsync<string>($"EXPLAIN EXECUTE look ('a77', to_timestamp({database.NowSeconds}))"));
        Assert.Contains("Index Scan using session_pkey", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRIMARY KEY (sid) DEFERRABLE INITIALLY DEFERRED")]
    [InlineData("PRIMARY KEY (sid) DEFERRABLE INITIALLY IMMEDIATE")]
    [InlineData("CONSTRAINT \"o'ther\" UNIQUE (sid) DEFERRABLE")]
    public async Task A_deferrable_key_is_called_that_and_the_statement_that_is_given_mends_it(string key)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync($"CREATE TABLE session (sid varchar NOT NULL, sess json NOT NULL, expire timestamp NOT NULL, {key})");
        var store = database.Store();
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.Contains("DEFERRABLE", error.Message, StringComparison.Ordinal);
        await database.ExecuteAsync(error.Message[error.Message.IndexOf("ALTER TABLE", StringComparison.Ordinal)..].TrimEnd('.'));
        await store.SetAsync("a", database.Record(), Cancel);
    }

    private static async Task<string> ValueAsync(PostgresSessionStore store, string sid)
    {
        using var payload = JsonDocument.Parse((await store.GetAsync(sid, Cancel))!.Payload);
        return payload.RootElement.GetProperty("value").GetString()!;
    }

    private async Task<TestDatabase> NewAsync()
    {
        var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(CreateTable);
        return database;
    }
}
