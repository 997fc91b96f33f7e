using ServerSessions.Testing;

namespace ServerSessions.Benchmarks;

/// <summary>The servers, databases and folders of one run: each owner has its own part of the same server.</summary>
internal sealed class Places : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-benchmark-");
    private RedisServer? _redis;
    private PostgresServer? _postgres;
    private MariaDbServer? _mariaDb;

    /// <summary>Starts what a backend needs; gives why it cannot be had.</summary>
    public async Task<string?> PrepareAsync(Backend backend)
    {
        if (backend == Backend.Mongo)
        {
            return "a substitute for a server is measured over a delay only.";
        }

        var program = backend switch
        {
            Backend.Redis => "redis-server",
            Backend.Postgres => "postgres",
            Backend.MySql => "mariadbd",
            _ => null,
        };
        if (program is not null && Programs.WhyUnavailable(program) is { } why)
        {
            return why;
        }

        switch (backend)
        {
            case Backend.Redis:
                _redis = await RedisServer.StartAsync();
                break;
            case Backend.Postgres:
                // A pool of up to a hundred connections for each owner.
                _postgres = await PostgresServer.StartAsync("max_connections=400");
                break;
            case Backend.MySql:
                _mariaDb = await MariaDbServer.StartAsync("--max-connections=400");
                break;
        }

        return null;
    }

    /// <summary>A place that keeps sessions.</summary>
    public async Task<string> OfAsync(Backend backend, string owner) =>
        backend switch
        {
            Backend.Redis => _redis!.EndPoint,
            Backend.Postgres => (await _postgres!.NewDatabaseAsync()).ConnectionString,
            Backend.MySql => (await _mariaDb!.NewDatabaseAsync()).ConnectionString,
            Backend.Sqlite => Path.Combine(_folder.FullName, $"{owner}.db"),
            Backend.File => _folder.CreateSubdirectory(owner).FullName,
            _ => "",
        };

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        if (_mariaDb is not null)
        {
            await _mariaDb.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }
}
