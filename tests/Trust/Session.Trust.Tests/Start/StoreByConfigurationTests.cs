using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Mongo;
using ServerSessions.Stores.MySql;
using ServerSessions.Stores.Postgres;
using ServerSessions.Stores.Redis;

namespace ServerSessions.Trust.Tests.Start;

/// <summary>A store that a URL or the configuration chooses, in an application that has every backend.</summary>
public sealed class StoreByConfigurationTests(ITestOutputHelper output)
{
    // A start that waits for a server that is not there ends by itself after the store's timeout of two seconds.
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(1);

    private static readonly (string Backend, string[] Examples, string[] Named)[] Right =
    [
        ("redis", ["127.0.0.1:1,password={password}", "redis://ada:{password}@127.0.0.1:1/0"], ["127.0.0.1", "1", "0"]),
        ("mongodb", ["mongodb://ada:{password}@127.0.0.1:1/app"], ["127.0.0.1", "1", "app"]),
        (
            "postgres",
            ["Host=127.0.0.1;Port=1;Username=ada;Password={password};Database=app", "postgres://ada:{password}@127.0.0.1:1/app"],
            ["127.0.0.1", "1", "ada", "app"]
        ),
        (
            "mysql",
            ["Server=127.0.0.1;Port=1;User ID=ada;Password={password};Database=app", "mysql://ada:{password}@127.0.0.1:1/app"],
            ["127.0.0.1", "1", "ada", "app"]
        ),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("redis:6379")]
    [InlineData("redis:6379,password=p")]
    [InlineData("redis")]
    [InlineData("memory:6379")]
    [InlineData("file:6379,ssl=true")]
    [InlineData("sqlite:6379")]
    [InlineData("mongo:6379")]
    [InlineData("postgres:6379")]
    public async Task A_Redis_host_may_have_any_name(string connectionString)
    {
        await using var services = Build("redis", connectionString);
        Assert.IsType<RedisSessionStore>(services.GetRequiredService<ISessionStore>());
        Assert.Equal(connectionString, services.GetRequiredService<IOptions<RedisSessionStoreOptions>>().Value.ConnectionString);
    }

    [Theory]
    [InlineData("postgres", "Host=redis;Database=app", typeof(PostgresSessionStore))]
    [InlineData("postgres", "postgresql://memory:5432/app", typeof(PostgresSessionStore))]
    [InlineData("mysql", "Server=redis;Database=app", typeof(MySqlSessionStore))]
    [InlineData("mariadb", "mariadb://memory:3306/app", typeof(MySqlSessionStore))]
    [InlineData("mongo", "mongodb://file:27017/app", typeof(MongoSessionStore))]
    [InlineData("redis", "rediss://sqlite", typeof(RedisSessionStore))]
    public async Task So_may_those_of_the_others(string store, string connectionString, Type expected)
    {
        await using var services = Build(store, connectionString);
        Assert.IsType(expected, services.GetRequiredService<ISessionStore>());
    }

    [Theory]
    [InlineData("redis", "sqlite:sessions.db", "is a URL for Session.Stores.Sqlite")]
    [InlineData("redis", "postgres://db/app", "is a URL for Session.Stores.Postgres")]
    [InlineData("mongodb", "redis://db", "is a URL for Session.Stores.Redis")]
    [InlineData("sqlite", "memory:", "is a URL for Session.Stores.Memory")]
    public void A_URL_of_another_backend_than_the_one_named_is_refused(string store, string connectionString, string says)
    {
        var error = Assert.Throws<ArgumentException>(() => Build(store, connectionString));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:6379,password=hunter2", "Set ServerSessions:Store=redis as well (environment: ServerSessions__Store=redis)")]
    [InlineData("redis:6379", "Set ServerSessions:Store=redis as well")]
    [InlineData("Host=db;Password=hunter2", "Set ServerSessions:Store=postgres as well")]
    [InlineData("Data Source=sessions.db", "Set ServerSessions:Store=sqlite as well")]
    [InlineData("Server=db;Data Source=x", "Set ServerSessions:Store=postgres or sqlite as well (environment: ServerSessions__Store)")]
    [InlineData("hunter2", "Set ServerSessions:Store=file or memory or mongo or mysql or postgres or redis or sqlite as well")]
    public void A_connection_string_alone_is_refused_with_the_name_of_the_backend_that_it_is_for(string connectionString, string says)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Build(null, connectionString));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis", "localhost:6379")]
    [InlineData("sqlite", "Data Source=sessions.db")]
    [InlineData("file", "sessions")]
    [InlineData("postgres", "Host=localhost;Database=app")]
    [InlineData("mysql", "Server=localhost;Database=app;User ID=app")]
    [InlineData("mongodb", "mongodb://localhost:27017/app")]
    public void A_backend_without_its_connection_string_is_refused_with_an_example(string store, string example)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Build(store, " "));
        Assert.Contains($"ConnectionStrings:ServerSessions is not set. Set it to '{example}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_part_of_a_password_is_in_what_the_registration_says_of_a_wrong_string()
    {
        var leaks = new List<string>();
        var refused = 0;
        foreach (var (backend, examples, named) in Right)
        {
            foreach (var typo in ConnectionStringTypos.Of(examples, named))
            {
                foreach (var add in Doors(typo, backend))
                {
                    if (
                        Record.Exception(() =>
                            add(new ServiceCollection().AddServerSessions(static options => options.Secret = LeakCollector.Secret))
                        ) is
                        { } error
                    )
                    {
                        refused++;
                        if (ConnectionStringTypos.Leak(error.ToString()) is not null)
                        {
                            leaks.Add($"{backend}: {typo}\n    {error.Message}");
                        }
                    }
                }
            }
        }

        output.WriteLine($"{refused} refused");
        Assert.Equal("", string.Join('\n', leaks));
        Assert.True(refused > 1000);
    }

    [Theory]
    [InlineData("redis://ada:xQ7vKkmWzz@127.0.0.1:1")]
    [InlineData("127.0.0.1:1,password=a,xQ7vKkmWzz")]
    [InlineData("ada:xQ7vKkmWzz@127.0.0.1:1")]
    [InlineData("rediss://ada:xQ7vKkmWzz/jBnqT8pLLr@127.0.0.1:1")]
    [InlineData("127.0.0.1:1,user=ada,passwort=xQ7vKkmWzz")]
    [InlineData("127.0.0.1:1,xQ7vKkmWzz")]
    [InlineData("mongodb://ada:xQ7vKkmWzz@127.0.0.1:1/app")]
    [InlineData("mongodb://ada:12/xQ7vKkmWzz@127.0.0.1:1/app")]
    [InlineData("mongodb+srv://ada:xQ7vKkmWzz@nowhere.session.invalid/app")]
    [InlineData("postgres://ada:xQ7vKkmWzz@127.0.0.1:1/app")]
    [InlineData("postgres://ada:12/xQ7vKkmWzz@127.0.0.1:1/app")]
    [InlineData("mysql://ada:xQ7vKkmWzz@127.0.0.1:1/app")]
    [InlineData("Host=127.0.0.1;Port=1;Username=ada;Password=xQ7vKkmWzz")]
    [InlineData("Host=127.0.0.1;Port=1;Username=ada;Passwort=xQ7vKkmWzz")]
    public async Task A_start_shows_no_part_of_a_password_in_logs_of_all_levels_and_in_what_it_throws(string text)
    {
        foreach (var add in Doors(text, "redis", "postgres", "mysql", "mongodb"))
        {
            var (logs, errors) = (new LogLines(), new List<Exception?>());
            var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
            var error = await Record.ExceptionAsync(async () =>
            {
                add(builder.Services.AddServerSessions(static options => options.Secret = LeakCollector.Secret));
                using var host = builder.Build();
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
                patience.CancelAfter(AtMost);
                await host.StartAsync(patience.Token);
                var store = host.Services.GetRequiredService<ISessionStore>();
                errors.Add(await Record.ExceptionAsync(async () => await store.GetAsync("a", patience.Token)));
                await ((IAsyncDisposable)host).DisposeAsync();
            });
            errors.Add(error);
            Assert.Null(ConnectionStringTypos.Leak($"{logs.Text}\n{string.Join('\n', errors)}"));
        }
    }

    /// <summary>The ways to choose a store by a text.</summary>
    private static IEnumerable<Action<IServerSessionBuilder>> Doors(string text, params string[] backends) =>
        [
            builder => builder.AddStoreFromUrl(text),
            builder => builder.AddStoreFromConfiguration(Configuration(null, text)),
            .. backends.Select(backend =>
                (Action<IServerSessionBuilder>)(builder => builder.AddStoreFromConfiguration(Configuration(backend, text)))
            ),
        ];

    private static ServiceProvider Build(string? store, string connectionString)
    {
        var services = new ServiceCollection().AddLogging();
        services
            .AddServerSessions(static options => options.Secret = LeakCollector.Secret)
            .AddStoreFromConfiguration(Configuration(store, connectionString));
        return services.BuildServiceProvider();
    }

    private static IConfiguration Configuration(string? store, string? connectionString) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ServerSessions:Store"] = store,
                    ["ConnectionStrings:ServerSessions"] = connectionString,
                }
            )
            .Build();
}
