using System.Text;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class ColumnTypeTests(SharedPostgres shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [CombinatorialColumns]
    public async Task Every_operation_works_on_every_type_of_column_that_connect_pg_simple_works_on(string sess, string expire)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            $"ALTER DATABASE \"{database.Name}\" SET TimeZone = 'Asia/Kolkata'; CREATE TABLE session (sid varchar PRIMARY KEY, sess "
                + $"{sess} NOT NULL, expire {expire} NOT NULL)"
        );
        var store = database.Store();
        var record = new SessionRecord("""{"cookie":{"path":"/"},"zz":1,"a":"é"}"""u8, database.Clock.GetUtcNow().AddMinutes(1));
        await store.SetAsync("a", record, Cancel);
        var read = await store.GetAsync("a", Cancel);
        Assert.Equal(database.Clock.GetUtcNow().AddMinutes(1), read!.Expires);
        Assert.Equal(Written(sess, record), Encoding.UTF8.GetString(read.Payload.Span));

        Assert.True(await store.TouchAsync("a", database.Record(life: TimeSpan.FromMinutes(2)), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", record, record, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("a", database.Record("new"), read, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("newer"), read, Cancel));
        Assert.Equal(ConditionalSetResult.Changed, await store.TrySetAsync("a", database.Record("newer"), null, Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync("b", database.Record("b"), null, Cancel));
        Assert.Equal(2, await store.LengthAsync(Cancel));
        Assert.Equal(2, (await store.AllAsync(Cancel).ToListAsync(Cancel)).Count);
        await store.DestroyAsync("b", Cancel);

        database.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(await store.GetAsync("a", Cancel));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
        Assert.Equal(0, await database.QueryAsync<int>("SELECT count(*) FROM session"));
    }

    [Theory]
    [InlineData("""{"cookie":{},"very-secret":"\u0000"}""")]
    [InlineData("""{"cookie":{},"very-secret":"\ud800"}""")]
    public async Task What_jsonb_cannot_hold_is_refused_in_words_and_json_holds_it(string session)
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync("CREATE TABLE binary_sessions (sid text PRIMARY KEY, sess jsonb, expire timestamp)");
        var store = database.Store(options => options.TableName = "binary_sessions");
        var record = new SessionRecord(Encoding.UTF8.GetBytes(session), null);
        foreach (
            var call in new[]
            {
                () => store.SetAsync("very-secret", record, Cancel).AsTask(),
                () => store.TrySetAsync("very-secret", record, null, Cancel).AsTask(),
            }
        )
        {
            var error = await Assert.ThrowsAsync<SessionStoreException>(call);
            Assert.False(error.IsTransient);
            Assert.Contains("jsonb", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Null(await store.GetAsync("very-secret", Cancel));
        var json = database.Store();
        await json.SetAsync("a", record, Cancel);
        Assert.Equal(session, Encoding.UTF8.GetString((await json.GetAsync("a", Cancel))!.Payload.Span));
    }

    [Fact]
    public async Task An_id_that_is_longer_than_its_column_is_an_error_of_writing_and_absent_when_read()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync("CREATE TABLE session (sid varchar(32) PRIMARY KEY, sess json, expire timestamp)");
        var store = database.Store();
        var sid = "very-secret" + new string('x', 32);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync(sid, database.Record(), Cancel));
        Assert.Contains("longer than its column", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        Assert.Null(await store.GetAsync(sid, Cancel));
    }

    [Fact]
    public async Task A_column_of_the_applications_own_stays_as_it_is()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await database.ExecuteAsync(
            "CREATE TABLE session (sid text PRIMARY KEY, sess json, expire timestamp, note text, made timestamptz NOT NULL DEFAULT now())"
        );
        var store = database.Store();
        await store.SetAsync("a", database.Record("old"), Cancel);
        await database.ExecuteAsync("UPDATE session SET note = 'mine'");
        await store.SetAsync("a", database.Record("new"), Cancel);
        await store.TrySetAsync("a", database.Record("newer"), database.Record("new"), Cancel);
        await store.TouchAsync("a", database.Record(), Cancel);
        Assert.Equal("mine", await database.QueryAsync<string>("SELECT note FROM session"));
    }

    private static string Written(string sess, SessionRecord record) =>
        sess == "jsonb" ? """{"a": "é", "zz": 1, "cookie": {"path": "/"}}""" : Encoding.UTF8.GetString(record.Payload.Span);

    private sealed class CombinatorialColumnsAttribute : Xunit.v3.DataAttribute
    {
        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
            System.Reflection.MethodInfo testMethod,
            Xunit.Sdk.DisposalTracker disposalTracker
        ) =>
            new([
                .. from sess in new[] { "json", "jsonb", "text", "varchar" }
                from expire in new[] { "timestamp(6)", "timestamp(0)", "timestamptz" }
                select new TheoryDataRow(sess, expire),
            ]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
