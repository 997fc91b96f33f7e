namespace ServerSessions.Trust.Tests.Support;

/// <summary>Places for sessions on each backend, removed with all that is in them when the last test is done.</summary>
public sealed class Places : IAsyncDisposable
{
    private readonly SharedRedis _redis = new();
    private readonly SharedPostgres _postgres = new();
    private readonly SharedMySql _mySql = new();
    private readonly TrustMongo _mongo = new();
    private readonly List<IAsyncDisposable> _used = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-trust-");

    /// <summary>The cases of a theory that holds for every backend; one alone is run with <c>--filter-trait backend=…</c>.</summary>
    public static TheoryData<string> Backends => Cases(StorePlace.Backends);

    /// <summary>The same for some of them.</summary>
    public static TheoryData<string> Cases(params string[] backends) =>
        [.. backends.Select(static backend => new TheoryDataRow<string>(backend).WithTrait("backend", backend))];

    /// <summary>An empty place; ends the asking test as skipped where the backend cannot be had.</summary>
    public async Task<StorePlace> NewAsync(string backend)
    {
        switch (backend)
        {
            case "redis":
                var redis = Keep(await _redis.NewPlaceAsync());
                return new StorePlace(backend, redis.ConnectionString, redis.KeyPrefix);
            case "postgres":
                return new StorePlace(backend, (await NewPostgresAsync()).ConnectionString);
            case "mysql":
                return new StorePlace(backend, (await NewMySqlAsync()).ConnectionString);
            case "mongo":
                var mongo = Keep(await _mongo.NewPlaceAsync());
                return new StorePlace(backend, mongo.ConnectionString, mongo.DatabaseName);
            default:
                return new StorePlace(backend, Path.Combine(_folder.CreateSubdirectory(Path.GetRandomFileName()).FullName, "sessions"));
        }
    }

    /// <summary>An empty database, for a test that gives rights in it.</summary>
    public async Task<PostgresDatabase> NewPostgresAsync() => Keep(await _postgres.NewPlaceAsync());

    /// <summary>An empty database of MySQL, for a test that gives rights in it.</summary>
    public async Task<MySqlDatabase> NewMySqlAsync() => Keep(await _mySql.NewPlaceAsync());

    /// <summary>Why a backend cannot be had; null if it can.</summary>
    public async Task<string?> WhyMissingAsync(string backend) =>
        backend switch
        {
            "redis" => await _redis.WhyMissingAsync(),
            "postgres" => await _postgres.WhyMissingAsync(),
            "mysql" => await _mySql.WhyMissingAsync(),
            "mongo" => await _mongo.WhyMissingAsync(),
            _ => null,
        };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var place in _used)
        {
            await place.DisposeAsync();
        }

        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
        await _mySql.DisposeAsync();
        await _mongo.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private T Keep<T>(T place)
        where T : IAsyncDisposable
    {
        lock (_used)
        {
            _used.Add(place);
        }

        return place;
    }
}
