using Dapper;
using Npgsql;
using ServerSessions.Testing;

namespace ServerSessions.Stores.Postgres.Tests;

/// <summary>Through PgBouncer in transaction mode, where each statement may meet another connection of the server.</summary>
public sealed class PgBouncerTests(ITestOutputHelper output)
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData(";Timezone=Asia/Kolkata")]
    public async Task Everything_works_with_more_clients_than_connections_and_nothing_to_set(string more)
    {
        await using var server = await PostgresServer.StartAsync("timezone=America/New_York");
        await using var bouncer = await PgBouncer.StartAsync(server.ConnectionString, poolSize: 3);
        var logger = new SignallingLogger();
        await using var store = Store(bouncer.Through(server.ConnectionString) + more, logger: logger);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => WorkAsync(store, $"{i}", 20), Cancel)));
        Assert.Equal(32, await store.LengthAsync(Cancel));
        Assert.Equal(32, await store.AllAsync(Cancel).CountAsync(Cancel));
        Assert.Contains(logger.Messages, static message =>
            message.Contains("time zone America/New_York; prepared statements: False", StringComparison.Ordinal)
        );

        await using var node = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await node.OpenAsync(Cancel);
        Assert.Equal(
            32,
            await node.ExecuteScalarAsync<int>(
                "SELECT count(*) FROM session WHERE expire = to_timestamp(@now)",
                new { now = Clock.GetUtcNow().AddMinutes(20).ToUnixTimeSeconds() }
            )
        );
        Assert.Equal(0, await node.ExecuteScalarAsync<int>("SELECT count(*) FROM pg_prepared_statements"));
        await store.ClearAsync(Cancel);
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
    }

    [Fact]
    public async Task Many_start_at_once_through_it()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var bouncer = await PgBouncer.StartAsync(server.ConnectionString, poolSize: 3);
        var stores = Enumerable.Range(0, 16).Select(_ => Store(bouncer.Through(server.ConnectionString))).ToList();
        await Task.WhenAll(stores.Select((store, i) => Task.Run(() => WorkAsync(store, $"{i}", 2), Cancel)));
        Assert.Equal(16, await stores[0].LengthAsync(Cancel));
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Statements_that_were_prepared_against_its_will_are_explained()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var bouncer = await PgBouncer.StartAsync(server.ConnectionString, poolSize: 3);
        await using var version = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await using var store = Store(bouncer.Through(server.ConnectionString), prepare: true);
        SessionStoreException? error = null;
        for (var round = 0; round < 50 && error is null; round++)
        {
            error =
                await Xunit.Record.ExceptionAsync(() => Task.WhenAll(Enumerable.Range(0, 16).Select(i => WorkAsync(store, $"{i}", 3))))
                as SessionStoreException;
        }

        Assert.SkipWhen(error is null, "This PgBouncer keeps prepared statements (1.21 and later).");
        output.WriteLine(error!.Message);
        Assert.Contains("Leave PrepareStatements unset", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_pooler_statements_are_prepared_once_on_each_connection()
    {
        await using var server = await PostgresServer.StartAsync();
        var logger = new SignallingLogger();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString + ";Maximum Pool Size=1");
        await using var store = new PostgresSessionStore(
            new PostgresSessionStoreOptions { DataSource = source, OperationTimeout = TimeSpan.FromSeconds(30) },
            Clock,
            logger
        );
        for (var i = 0; i < 3; i++)
        {
            await WorkAsync(store, "a", 3);
        }

        Assert.Contains(logger.Messages, static message => message.Contains("prepared statements: True", StringComparison.Ordinal));
        await using var connection = await source.OpenConnectionAsync(Cancel);
        var statements = (
            await connection.QueryAsync<string>(
                "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%session%' AND statement NOT LIKE '%pg_prepared%'"
            )
        ).ToList();
        Assert.Equal(6, statements.Count);
        Assert.Equal(6, statements.Distinct().Count());
    }

    private static PostgresSessionStore Store(string connectionString, bool? prepare = null, SignallingLogger? logger = null) =>
        new(
            new PostgresSessionStoreOptions
            {
                ConnectionString = connectionString,
                PrepareStatements = prepare,
                OperationTimeout = TimeSpan.FromSeconds(30),
            },
            Clock,
            logger
        );

    private static async Task WorkAsync(PostgresSessionStore store, string sid, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            await store.DestroyAsync(sid, Cancel);
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, Record("first"), null, Cancel));
            var read = await store.GetAsync(sid, Cancel);
            Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, Record($"{round}"), read, Cancel));
            Assert.True(await store.TouchAsync(sid, Record("", 20), Cancel));
            Assert.True(
                (
                    await store.GetAndTouchAsync(
                        sid,
                        new SessionTouchPlan { Prefix = "{\"cookie\":"u8.ToArray(), Expires = Clock.GetUtcNow().AddMinutes(20) },
                        Cancel
                    )
                ).IsTouched
            );
            Assert.Equal(TestDatabase.Payload($"{round}"), (await store.GetAsync(sid, Cancel))!.Payload.ToArray());
        }
    }

    private static SessionRecord Record(string value, int minutes = 10) =>
        new(TestDatabase.Payload(value), Clock.GetUtcNow().AddMinutes(minutes));
}
