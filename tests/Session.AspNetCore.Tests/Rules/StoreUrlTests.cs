using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Memory;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.AspNetCore.Tests.Rules;

public sealed class StoreUrlTests
{
    [Theory]
    [InlineData("memory:", typeof(MemorySessionStore))]
    [InlineData("MEMORY:", typeof(MemorySessionStore))]
    [InlineData("sqlite::memory:", typeof(SqliteSessionStore))]
    [InlineData("SQLite:sessions.db", typeof(SqliteSessionStore))]
    public async Task A_url_chooses_the_store(string url, Type expected)
    {
        await using var services = Register(builder => builder.AddStoreFromUrl(url));
        Assert.IsType(expected, services.GetRequiredService<ISessionStore>());
    }

    [Theory]
    [InlineData("sqlite:sessions.db", "sessions.db")]
    [InlineData("sqlite:/var/lib/app/s.db", "/var/lib/app/s.db")]
    [InlineData("sqlite:///var/lib/app/s.db", "/var/lib/app/s.db")]
    [InlineData("sqlite::memory:", ":memory:")]
    [InlineData("sqlite:a b%20c.db", "a b%20c.db")]
    public async Task The_rest_of_a_sqlite_url_is_the_file(string url, string file)
    {
        await using var services = Register(builder => builder.AddStoreFromUrl(url));
        Assert.Equal(file, services.GetRequiredService<IOptions<SqliteSessionStoreOptions>>().Value.ConnectionString);
    }

    [Theory]
    [InlineData("memory:1")]
    [InlineData("sqlite:")]
    [InlineData("sqlite://host/file")]
    public void A_malformed_url_is_refused(string url) =>
        Assert.Throws<ArgumentException>(nameof(url), () => Register(builder => builder.AddStoreFromUrl(url)));

    [Theory]
    [InlineData("mssql://root:hunter2@localhost/sessions")]
    [InlineData("sessions.db")]
    [InlineData("sqlite")]
    [InlineData("redis:6379,password=hunter2")]
    [InlineData("hunter2:6379")]
    [InlineData("user:hunter2://localhost")]
    public void An_unknown_scheme_is_refused_with_those_that_are_known_and_without_its_password(string url)
    {
        var error = Assert.Throws<ArgumentException>(nameof(url), () => Register(builder => builder.AddStoreFromUrl(url)));
        Assert.Contains(", memory:, ", error.Message, StringComparison.Ordinal);
        Assert.Contains(", sqlite:", error.Message, StringComparison.Ordinal);
        Assert.Contains("Session.Stores.Redis (redis://, rediss://)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Session.Stores.Sqlite", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mssql://root:hunter2@localhost/sessions", "'mssql://'")]
    [InlineData("redis:6379,password=hunter2", "'redis' it needs '://'")]
    public void A_text_that_is_no_url_of_a_store_says_what_it_starts_with(string url, string words)
    {
        var error = Assert.Throws<ArgumentException>(nameof(url), () => Register(builder => builder.AddStoreFromUrl(url)));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    // This project has the memory and the SQLite store only.
    [Theory]
    [InlineData("redis://localhost", "Session.Stores.Redis")]
    [InlineData("rediss://localhost", "Session.Stores.Redis")]
    [InlineData("postgres://localhost/app", "Session.Stores.Postgres")]
    [InlineData("postgresql://localhost/app", "Session.Stores.Postgres")]
    [InlineData("mongodb://localhost/app", "Session.Stores.Mongo")]
    [InlineData("mongodb+srv://cluster/app", "Session.Stores.Mongo")]
    [InlineData("file:sessions", "Session.Stores.File")]
    public void A_scheme_whose_package_is_missing_says_which_one_to_add(string url, string package)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Register(builder => builder.AddStoreFromUrl(url)));
        Assert.Contains($"'dotnet add package {package} --prerelease'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis", "Session.Stores.Redis")]
    [InlineData("Postgres", "Session.Stores.Postgres")]
    [InlineData("postgresql", "Session.Stores.Postgres")]
    [InlineData("mongo", "Session.Stores.Mongo")]
    [InlineData("mongodb", "Session.Stores.Mongo")]
    [InlineData("file", "Session.Stores.File")]
    public void So_does_the_name_of_a_backend_whose_package_is_missing(string store, string package)
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
        {
            Register(builder => builder.AddStoreFromConfiguration(Configuration(store, "localhost")));
        });
        Assert.Contains($"'dotnet add package {package} --prerelease'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory:", null, typeof(MemorySessionStore))]
    [InlineData("memory", null, typeof(MemorySessionStore))]
    [InlineData("sqlite::memory:", "sqlite:elsewhere.db", typeof(SqliteSessionStore))]
    [InlineData("Sqlite", "Data Source=:memory:", typeof(SqliteSessionStore))]
    [InlineData("sqlite", "sqlite::memory:", typeof(SqliteSessionStore))]
    [InlineData(null, "sqlite::memory:", typeof(SqliteSessionStore))]
    [InlineData("memory\n", null, typeof(MemorySessionStore))]
    [InlineData(null, "sqlite::memory:\r\n", typeof(SqliteSessionStore))]
    public async Task The_configuration_chooses_the_store(string? store, string? connectionString, Type expected)
    {
        await using var services = Register(builder => builder.AddStoreFromConfiguration(Configuration(store, connectionString)));
        Assert.IsType(expected, services.GetRequiredService<ISessionStore>());
    }

    [Theory]
    [InlineData(null, null, typeof(InvalidOperationException), "ServerSessions__Store")]
    [InlineData("mssql", "Server=localhost", typeof(InvalidOperationException), "sqlite")]
    [InlineData("mysql", "Server=localhost", typeof(InvalidOperationException), "dotnet add package Session.Stores.MySql")]
    [InlineData("sqlite", "redis://localhost", typeof(ArgumentException), "Session.Stores.Redis")]
    [InlineData("memory", "Data Source=x", typeof(ArgumentException), "no connection string")]
    [InlineData(null, "Data Source=sessions.db", typeof(InvalidOperationException), "Set ServerSessions:Store=sqlite as well")]
    [InlineData(null, "localhost:6379,password=hunter2", typeof(InvalidOperationException), "Session.Stores.Redis (redis://, rediss://)")]
    [InlineData(null, "redis://localhost", typeof(InvalidOperationException), "dotnet add package Session.Stores.Redis")]
    [InlineData(null, "mssql://root:hunter2@localhost", typeof(InvalidOperationException), "starts with 'mssql://'")]
    [InlineData(
        "sqlite",
        null,
        typeof(InvalidOperationException),
        "ConnectionStrings:ServerSessions is not set. Set it to 'Data Source=sessions.db'"
    )]
    [InlineData("oracle", null, typeof(InvalidOperationException), "names no backend that is known. It is ")]
    [InlineData(
        "redis:6379,password=hunter2",
        null,
        typeof(ArgumentException),
        "into ConnectionStrings:ServerSessions, and set ServerSessions:Store=redis."
    )]
    [InlineData("sqllite:hunter2.db", null, typeof(ArgumentException), "ServerSessions:Store is not the URL of a known backend. ")]
    public void A_configuration_that_chooses_no_store_says_what_to_set(string? store, string? connectionString, Type expected, string words)
    {
        var error = Assert.Throws(expected, () =>
        {
            Register(builder => builder.AddStoreFromConfiguration(Configuration(store, connectionString)));
        });
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    private static ServiceProvider Register(Action<IServerSessionBuilder> add)
    {
        var services = new ServiceCollection().AddLogging();
        add(services.AddServerSessions(static options => options.Secret = new string('s', 32)));
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
