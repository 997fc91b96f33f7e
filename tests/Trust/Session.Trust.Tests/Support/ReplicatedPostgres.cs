using Npgsql;
using ServerSessions.Conformance;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>Two PostgreSQL servers, the second a streaming standby of the first.</summary>
internal sealed class ReplicatedPostgres : ReplicatedServers
{
    private const string Database = "sessions";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PostgresServer _first;
    private readonly PostgresServer _second;

    private ReplicatedPostgres(PostgresServer first, PostgresServer second, FaultProxy link) =>
        (_first, _second, Link) = (first, second, link);

    public override FaultProxy Link { get; }

    public static async Task<ReplicatedPostgres> StartAsync(bool waits)
    {
        var first = await PostgresServer.StartAsync(waits ? ["synchronous_commit=on"] : []);
        await first.ScalarAsync($"CREATE DATABASE {Database}");
        var link = FaultProxy.Start(first.Process.Port);
        var second = await first.StartStandbyAsync(link);
        if (waits)
        {
            await first.ScalarAsync("ALTER SYSTEM SET synchronous_standby_names = '*'");
            await first.ScalarAsync("SELECT pg_reload_conf()");
        }

        return new ReplicatedPostgres(first, second, link);
    }

    public override StorePlace Place(TimeSpan timeout) =>
        PlaceAt($"127.0.0.1:{_first.Process.Port},127.0.0.1:{_second.Process.Port}", timeout);

    public override StorePlace Second(TimeSpan timeout) => PlaceAt($"127.0.0.1:{_second.Process.Port}", timeout);

    public override async Task CatchUpAsync()
    {
        var written = await _first.ScalarAsync("SELECT pg_current_wal_insert_lsn()::text");
        using var waiting = new CancellationTokenSource(Patience);
        while (await _second.ScalarAsync($"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn") is not true)
        {
            await Task.Delay(10, waiting.Token);
        }
    }

    public override Task PromoteAsync() => _second.ScalarAsync("SELECT pg_promote()");

    public override async Task DemoteAsync()
    {
        await _first.ScalarAsync("ALTER SYSTEM SET default_transaction_read_only = on");
        await _first.ScalarAsync("SELECT pg_reload_conf()");

        // The server tells all its processes before it makes a new one: when a new connection has it, the old ones have it from their next
        // statement on.
        using var waiting = new CancellationTokenSource(Patience);
        while (await _first.ScalarAsync("SHOW default_transaction_read_only") is not "on")
        {
            await Task.Delay(10, waiting.Token);
        }
    }

    public override Task EndFirstAsync() => _first.Process.StopAsync();

    public override void FreezeFirst() => _first.Process.Freeze();

    public override async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await Link.DisposeAsync();
        await _first.DisposeAsync();
    }

    private StorePlace PlaceAt(string hosts, TimeSpan timeout) =>
        new(
            "postgres",
            new NpgsqlConnectionStringBuilder(_second.ConnectionString)
            {
                Host = hosts,
                Database = Database,
                MaxPoolSize = 32,
            }.ConnectionString,
            "",
            timeout
        );
}
