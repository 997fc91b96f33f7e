using MySqlConnector;
using Npgsql;
using ServerSessions.Conformance;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>A server of the test's own, with a proxy in front of it, that is stopped, frozen and cut off as the test likes.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    // A pool that an outage has made larger is as small as before well within the minute that a test waits. By default it takes minutes.
    private const int IdleSeconds = 15;

    private readonly Func<int, TimeSpan, StorePlace> _place;
    private readonly ServerProcess? _process;
    private readonly MongoTestServer? _mongo;
    private readonly IAsyncDisposable _owner;

    private FaultyServer(
        IAsyncDisposable owner,
        int port,
        Func<int, TimeSpan, StorePlace> place,
        int seed,
        ServerProcess? process = null,
        MongoTestServer? mongo = null
    )
    {
        (_owner, _place, _process, _mongo, Port) = (owner, place, process, mongo, port);
        Proxy = FaultProxy.Start(port, seed: seed);
    }

    /// <summary>The backends that have a server; one alone is run with <c>--filter-trait backend=…</c>.</summary>
    public static TheoryData<string> Backends =>
        [
            .. ((string[])["redis", "postgres", "mysql", "mongo"]).Select(static backend =>
                new TheoryDataRow<string>(backend).WithTrait("backend", backend)
            ),
        ];

    public FaultProxy Proxy { get; }

    public int Port { get; }

    /// <summary>Whether it is a process that can be frozen.</summary>
    public bool CanFreeze => _process is not null;

    public static async Task<FaultyServer> StartAsync(string backend, int seed, params string[] settings)
    {
        switch (backend)
        {
            case "redis":
                var redis = await RedisServer.StartAsync(settings);
                return new FaultyServer(
                    redis,
                    redis.Process.Port,
                    static (port, timeout) => new StorePlace("redis", $"127.0.0.1:{port}", "sess:", timeout),
                    seed,
                    redis.Process
                );
            case "postgres":
                var postgres = await PostgresServer.StartAsync(settings);
                var database = await postgres.NewDatabaseAsync();
                return new FaultyServer(
                    postgres,
                    postgres.Process.Port,
                    (port, timeout) =>
                        new StorePlace(
                            "postgres",
                            new NpgsqlConnectionStringBuilder(database.ConnectionString)
                            {
                                Port = port,
                                MaxPoolSize = 32,
                                ConnectionIdleLifetime = IdleSeconds,
                            }.ConnectionString,
                            "",
                            timeout
                        ),
                    seed,
                    postgres.Process
                );
            case "mysql":
                var mariaDb = await MariaDbServer.StartAsync(settings);
                var schema = await mariaDb.NewDatabaseAsync();
                return new FaultyServer(
                    mariaDb,
                    mariaDb.Process.Port,
                    (port, timeout) =>
                        new StorePlace(
                            "mysql",
                            new MySqlConnectionStringBuilder(schema.ConnectionString)
                            {
                                Port = (uint)port,
                                MaximumPoolSize = 32,
                                ConnectionIdleTimeout = IdleSeconds,
                            }.ConnectionString,
                            "",
                            timeout
                        ),
                    seed,
                    mariaDb.Process
                );
            default:
                var mongo = MongoTestServer.Start();
                return new FaultyServer(
                    mongo,
                    mongo.Port,
                    static (port, timeout) =>
                        new StorePlace("mongo", $"mongodb://127.0.0.1:{port}/?directConnection=true", "trust", timeout),
                    seed,
                    mongo: mongo
                );
        }
    }

    /// <summary>Sessions on this server, by way of the proxy or directly.</summary>
    public StorePlace Place(TimeSpan timeout, bool direct = false) => _place(direct ? Port : Proxy.Port, timeout);

    public Task StopAsync() => _process?.StopAsync() ?? _mongo!.StopAsync();

    /// <summary>Ends it as a crash would. What is no process of its own keeps its data.</summary>
    public Task KillAsync() => _process?.KillAsync() ?? _mongo!.StopAsync();

    public Task StartAgainAsync()
    {
        _mongo?.Resume();
        return _process?.StartAgainAsync() ?? Task.CompletedTask;
    }

    /// <summary>Connections stay open and no response is sent. What is no process of its own takes its commands and keeps them.</summary>
    public void Freeze()
    {
        _process?.Freeze();
        _mongo?.Faults.All(ServerSessions.Testing.MongoServer.Fault.Hang);
    }

    public void Thaw()
    {
        _process?.Thaw();
        _mongo?.Faults.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await _owner.DisposeAsync();
    }
}
