using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServerSessions.Operations.Tests.Health;

/// <summary>The health check on every store: well, and out of order.</summary>
public sealed class StoreHealthTests(SharedRedis redis, SharedPostgres postgres, SharedMySql mySql, SharedMongoOrSubstitute mongo)
{
    // The first call of a driver, on a machine that may do other things as well.
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("memory")]
    [InlineData("file")]
    [InlineData("SQLite")]
    [InlineData("Redis")]
    [InlineData("PostgreSQL")]
    [InlineData("MySQL")]
    [InlineData("MongoDB")]
    public async Task A_store_that_replies_is_healthy_and_a_write_probe_leaves_nothing_behind(string backend)
    {
        await using var place = await OpenAsync(backend);
        await using var app = await OperatedApp.StartAsync(
            builder =>
            {
                place.AddStore(builder);
                builder.AddHealthCheck(timeout: TimeSpan.FromSeconds(30), configure: static options =>
                {
                    options.WriteProbe = true;
                    options.SlowAfter = TimeSpan.FromSeconds(30);
                });
            },
            environment: "Development"
        );

        var entry = await CheckAsync(app);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("ready", entry.Data["reason"]);
        Assert.Equal(app.Services.GetRequiredService<ISessionStore>().Backend, entry.Data["backend"]);
        Assert.Equal(0, await ((IEnumerableSessionStore)app.Services.GetRequiredService<ISessionStore>()).LengthAsync(Cancel));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("SQLite")]
    [InlineData("Redis")]
    [InlineData("PostgreSQL")]
    [InlineData("MySQL")]
    [InlineData("MongoDB")]
    public async Task A_store_that_is_away_is_unhealthy_with_a_reason_and_without_a_text_of_the_driver(string backend)
    {
        await using var place = await OpenAwayAsync(backend);
        await using var app = await OperatedApp.StartAsync(builder =>
        {
            place.AddStore(builder);
            builder.AddHealthCheck(timeout: TimeSpan.FromSeconds(30), configure: static options => options.WriteProbe = true);
        });
        place.Break();

        var entry = await CheckAsync(app);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains((string)entry.Data["reason"], (string[])["unavailable", "failed"]);
        Assert.Null(entry.Exception);
        var shown = entry.Description + string.Join(' ', entry.Data.Select(static item => $"{item.Key}={item.Value}"));
        Assert.All(place.Hidden, hidden => Assert.DoesNotContain(hidden, shown, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(1, app.Logs.Count("HealthProbeFailed"));
    }

    private static async Task<HealthReportEntry> CheckAsync(OperatedApp app)
    {
        var report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        return Assert.Single(report.Entries).Value;
    }

    private async Task<HealthPlace> OpenAsync(string backend)
    {
        switch (backend)
        {
            case "file":
                var folder = new Folder();
                var path = Path.Combine(folder.Path, "sessions");
                return new HealthPlace(builder => builder.AddFileStore(path), folder.Path)
                {
                    Break = () =>
                    {
                        Directory.Delete(path, recursive: true);
                        File.WriteAllText(path, "");
                    },
                }.Owning(folder);
            case "SQLite":
                var database = new Folder();
                var file = $"Data Source={Path.Combine(database.Path, "sessions.db")};Pooling=false";
                var other = new SqliteConnection(file);
                return new HealthPlace(builder => builder.AddSqliteStore(file), database.Path)
                {
                    Break = () => Lock(other),
                }.Owning(other, database);
            case "Redis":
                var keys = await redis.NewPlaceAsync();
                return new HealthPlace(builder =>
                    builder.AddRedisStore(
                        keys.ConnectionString,
                        options => (options.Prefix, options.OperationTimeout) = (keys.KeyPrefix, Patient)
                    )
                ).Owning(keys);
            case "PostgreSQL":
                var tables = await postgres.NewPlaceAsync();
                return new HealthPlace(builder =>
                    builder.AddPostgresStore(tables.ConnectionString, static options => options.OperationTimeout = Patient)
                ).Owning(tables);
            case "MySQL":
                var schema = await mySql.NewPlaceAsync();
                return new HealthPlace(builder =>
                    builder.AddMySqlStore(schema.ConnectionString, static options => options.OperationTimeout = Patient)
                ).Owning(schema);
            case "MongoDB":
                var documents = await mongo.NewPlaceAsync();
                return new HealthPlace(builder =>
                    builder.AddMongoStore(
                        documents.ConnectionString,
                        options => (options.DatabaseName, options.OperationTimeout) = (documents.DatabaseName, Patient)
                    )
                ).Owning(documents);
            default:
                return new HealthPlace(static builder => builder.AddMemoryStore());
        }
    }

    /// <summary>
    /// A store at a port at which nothing listens, or one of this machine that is out of order once the application runs.
    /// </summary>
    private async Task<HealthPlace> OpenAwayAsync(string backend) =>
        backend switch
        {
            "Redis" => new HealthPlace(static builder => builder.AddRedisStore("127.0.0.1:1,password=canary"), "127.0.0.1", "canary"),
            "PostgreSQL" => new HealthPlace(
                static builder => builder.AddPostgresStore("Host=127.0.0.1;Port=1;Username=canary;Password=canary"),
                "127.0.0.1",
                "canary"
            ),
            "MySQL" => new HealthPlace(
                static builder => builder.AddMySqlStore("Server=127.0.0.1;Port=1;User=canary;Password=canary;Database=canary"),
                "127.0.0.1",
                "canary"
            ),
            "MongoDB" => new HealthPlace(
                static builder => builder.AddMongoStore("mongodb://canary:canary@127.0.0.1:1/canary"),
                "127.0.0.1",
                "canary"
            ),
            _ => await OpenAsync(backend),
        };

    /// <summary>Holds the file of a database, as a shell with an open transaction does.</summary>
    private static void Lock(SqliteConnection connection)
    {
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN EXCLUSIVE";
        begin.ExecuteNonQuery();
    }

    private sealed class Folder : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-health-");

        public string Path => _folder.FullName;

        public ValueTask DisposeAsync()
        {
            _folder.Delete(recursive: true);
            return default;
        }
    }
}
