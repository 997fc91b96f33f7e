using System.Globalization;
using ServerSessions.Benchmarks.EndToEnd.Running;
using ServerSessions.Testing;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Benchmarks.EndToEnd.Delayed;

/// <summary>
/// This project twice on each backend, without and with a touch in the read, each a process that reaches the backend over a delay.
/// </summary>
internal sealed class DelayedServers(TouchOptions options) : IAsyncDisposable
{
    private readonly Dictionary<(Backend, SessionTouchOnRead), (ChildProcess Process, int Port)> _servers = [];
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly Network _network = new(options.DelayTime);

    public int Port(Backend backend, SessionTouchOnRead touch) => _servers[(backend, touch)].Port;

    /// <summary>Starts what a backend needs, and its two servers; gives why it cannot be had.</summary>
    public async Task<string?> StartAsync(Backend backend)
    {
        var program = backend switch
        {
            Backend.Redis => RedisServer.ProgramName,
            Backend.Postgres => "postgres",
            _ => null,
        };
        if (program is not null && Programs.WhyUnavailable(program) is { } why)
        {
            return why;
        }

        var placeAsync = await PrepareAsync(backend);
        foreach (var touch in TouchComparison.Touches)
        {
            var process = ChildProcess.StartSelf(
                "--serve",
                backend.ToString(),
                nameof(Contender.ThisProject),
                _network.Far(backend, await placeAsync(touch)),
                touch.ToString()
            );
            var line = await process.AskAsync(line: null, TimeSpan.Zero);
            _servers[(backend, touch)] = (process, int.Parse(line["port ".Length..], CultureInfo.InvariantCulture));
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _servers.Values)
        {
            await process.DisposeAsync();
        }

        await _network.DisposeAsync();
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            await owned.DisposeAsync();
        }
    }

    private async Task<Func<SessionTouchOnRead, Task<string>>> PrepareAsync(Backend backend)
    {
        switch (backend)
        {
            case Backend.Redis:
                var redis = Own(await RedisServer.StartAsync());
                return _ => Task.FromResult(redis.EndPoint);
            case Backend.Postgres:
                string[] flushing = options.Flush ? ["fsync=on", "synchronous_commit=on", "full_page_writes=on"] : [];
                var postgres = Own(await PostgresServer.StartAsync(["max_connections=400", .. flushing]));
                return async _ => (await postgres.NewDatabaseAsync()).ConnectionString;
            case Backend.Mongo:
                var mongo = Own(MongoTestServer.Start());
                return touch => Task.FromResult($"mongodb://127.0.0.1:{mongo.Port}/{touch}");
            default:
                throw new ArgumentOutOfRangeException(nameof(backend), backend, "Its store cannot touch as it reads.");
        }
    }

    private T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
