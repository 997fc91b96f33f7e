using ServerSessions.Testing;

namespace ServerSessions.Benchmarks;

/// <summary>The servers, databases and folders of one run: each owner has its own part of the same server.</summary>
internal sealed class Places : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-benchmark-");
    private RedisServer? _redis;
    private RedisServer? _valkey;
    private readonly Dictionary<Backend, RedisVersion> _versions = [];
    private PostgresServer? _postgres;
    private MariaDbServer? _mariaDb;

    /// <summary>The program of Valkey; <c>SESSION_TEST_VALKEY_PROGRAM</c> names another, also as a path.</summary>
    private static string ValkeyProgram =>
        Environment.GetEnvironmentVariable("SESSION_TEST_VALKEY_PROGRAM") is { Length: > 0 } name ? name : "valkey-server";

    /// <summary>What the servers of Redis' protocol say they are.</summary>
    public IEnumerable<RedisVersion> Versions => _versions.Values;

    /// <summary>Starts what a backend needs; gives why it cannot be had.</summary>
    public async Task<string?> PrepareAsync(Backend backend)
    {
        if (backend == Backend.Mongo)
        {
            return "a substitute for a server is measured over a delay only.";
        }

        var program = backend switch
        {
            Backend.Redis => RedisServer.ProgramName,
            Backend.Valkey => ValkeyProgram,
            Backend.Postgres => "postgres",
            Backend.MySql => "mariadbd",
            _ => null,
        };
        if (program is not null && Programs.WhyUnavailable(program) is { } why)
        {
            return backend == Backend.Valkey
                ? $"{program} is not on this machine. SESSION_TEST_VALKEY_PROGRAM names another program, of version 8.1 or later."
                : why;
        }

        switch (backend)
        {
            case Backend.Redis:
                _redis = await RedisServer.StartAsync();
                _versions[backend] = await RedisVersion.OfAsync(_redis);
                break;
            case Backend.Valkey:
                _valkey = await RedisServer.StartProgramAsync(ValkeyProgram);
                _versions[backend] = await RedisVersion.OfAsync(_valkey);
                return _versions[backend].WhyNotValkey;
            case Backend.Postgres:
                // A pool of up to a hundred connections for each owner; they stay for five minutes.
                _postgres = await PostgresServer.StartAsync("max_connections=800");
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
            Backend.Valkey => _valkey!.EndPoint,
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

        if (_valkey is not null)
        {
            await _valkey.DisposeAsync();
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
