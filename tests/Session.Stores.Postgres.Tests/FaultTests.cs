using Dapper;
using Npgsql;
using ServerSessions.Testing;
using static ServerSessions.Stores.Postgres.Tests.OwnServer;

namespace ServerSessions.Stores.Postgres.Tests;

public sealed class FaultTests(ITestOutputHelper output)
    : RelationalFaultTests<TestDatabase, PostgresSessionStore, PostgresSessionStoreOptions>(StartAsync, output)
{
    protected override string WithoutTls => "Disable";

    [Fact]
    public async Task A_server_that_became_a_replica_is_left_for_the_next_and_said()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var store = Store(server.ConnectionString, TimeSpan.FromSeconds(30));
        await store.SetAsync("a", Record(), Cancel);
        await using var admin = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await admin.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
        await admin.ExecuteAsync("SELECT pg_reload_conf()");
        SessionStoreUnavailableException? error = null;
        await Bounded.UntilAsync(
            async () =>
            {
                error =
                    await Xunit.Record.ExceptionAsync(async () => await store.SetAsync("a", Record(), Cancel))
                    as SessionStoreUnavailableException;
                return error is not null;
            },
            "a write that is refused",
            Cancel
        );

        Assert.Contains("read-only", error!.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }
}
