using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using ServerSessions.Testing;
using ServerSessions.Testing.MongoServer;

namespace ServerSessions.Stores.Mongo.Tests;

public sealed class RegistrationTests(SharedMongoOrSubstitute shared)
    : RegistrationTests<TestMongo, MongoSessionStore>(() => TestMongo.OnAsync(shared))
{
    [Fact]
    public async Task A_client_from_the_service_container_is_used_and_left_open()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        using var client = new MongoClient(mongo.ConnectionString);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(mongo.Clock);
        services.AddSingleton<IMongoClient>(client);
        new ServerSessionBuilder(services).AddMongoStore().AddMongoStore(options => options.DatabaseName = mongo.DatabaseName);
        var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredService<MongoSessionStore>();
        await store.SetAsync("a", mongo.Record(), Cancel);
        await store.DisposeAsync();
        Assert.Equal(
            1,
            await client
                .GetDatabase(mongo.DatabaseName)
                .GetCollection<BsonDocument>("sessions")
                .CountDocumentsAsync(new BsonDocument(), null, Cancel)
        );
    }

    [Fact]
    public Task A_client_that_nobody_has_registered_stops_the_start_with_what_to_register() =>
        AssertStartFailsAsync<InvalidOperationException>(
            builder => builder.AddMongoStore(),
            "Register one with services.AddSingleton<IMongoClient>(…), or call AddMongoStore with a connection string."
        );

    [Fact]
    public async Task Two_stores_with_the_same_connection_string_are_disposed_one_at_a_time()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var first = mongo.Store();
        var second = mongo.Store();
        await first.SetAsync("a", mongo.Record(), Cancel);
        Assert.NotNull(await second.GetAsync("a", Cancel));
        await first.DisposeAsync();
        Assert.NotNull(await second.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task The_start_of_the_host_opens_the_collection()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        using var host = Build(builder =>
            builder.AddMongoStore(mongo.ConnectionString, options => options.DatabaseName = mongo.DatabaseName)
        );
        await host.StartAsync(Cancel);
        using var indexes = await mongo.Collection.Indexes.ListAsync(Cancel);
        Assert.Equal(2, (await indexes.ToListAsync(Cancel)).Count);
        await host.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_server_that_is_down_does_not_stop_the_start_and_the_first_call_tries_again()
    {
        await using var mongo = new TestMongo();
        await mongo.Server.StopAsync();
        var logger = new SignallingLogger();
        using var host = Build(builder =>
        {
            builder.Services.AddSingleton<ILogger<MongoSessionStore>>(logger);
            builder.AddMongoStore(mongo.ConnectionString, options => options.OperationTimeout = TimeSpan.FromMilliseconds(500));
        });
        await host.StartAsync(Cancel);
        Assert.Equal(1, logger.Count("OpenedLater"));

        mongo.Server.Resume();
        var store = host.Services.GetRequiredService<ISessionStore>();
        await FaultTests.EventuallyAsync(() => store.SetAsync("a", mongo.Record(), Cancel));
        Assert.NotNull(await store.GetAsync("a", Cancel));
        await host.StopAsync(Cancel);
    }

    [Fact]
    public async Task Refused_credentials_stop_the_start_with_the_reason()
    {
        await using var mongo = new TestMongo();
        mongo.Server.Faults.All(Fault.Error(18, "Authentication failed."), "saslStart");
        var error = await AssertStartFailsAsync<SessionStoreException>(
            builder => builder.AddMongoStore($"mongodb://user:very-secret@127.0.0.1:{mongo.Server.Port}/"),
            "refused the user name or the password"
        );
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_stop_the_start_before_anything_is_opened()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        await AssertStartFailsAsync<OptionsValidationException>(
            builder => builder.AddMongoStore(options => (options.ConnectionString, options.PruneBatch) = (mongo.ConnectionString, 0)),
            "PruneBatch must be from 1 to 100000"
        );
    }

    [Fact]
    public async Task Another_store_registered_later_wins_and_nothing_is_opened_for_this_one()
    {
        await using var mongo = new TestMongo();
        await StartWithAnotherStoreAsync(builder => builder.AddMongoStore(mongo.ConnectionString));
        Assert.Empty(mongo.Server.Commands);
    }

    [Fact]
    public async Task A_url_registers_the_store_in_the_database_that_its_path_names()
    {
        await using var mongo = await TestMongo.OnAsync(shared);
        var url = new MongoUrlBuilder(mongo.ConnectionString) { DatabaseName = mongo.DatabaseName }.ToString();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(mongo.Clock);
        new MongoSessionStoreProvider().AddStore(new ServerSessionBuilder(services), url);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<ISessionStore>().SetAsync("a", mongo.Record(), Cancel);
        Assert.Equal(1, await mongo.CountAsync());
    }

    [Theory]
    [InlineData("mongodb://")]
    [InlineData("mongodb://user:very-secret@/app")]
    [InlineData("mongodb://user:very-secret@host:port/app")]
    [InlineData("mongodb://user:very-secret@host/app?connectTimeoutMS=soon")]
    [InlineData("redis://very-secret")]
    [InlineData("mongodb://user:very-secret@host/?w=0")]
    public void A_malformed_url_is_refused_without_its_password(string url)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            new MongoSessionStoreProvider().AddStore(new ServerSessionBuilder(new ServiceCollection()), url)
        );
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
        var services = new ServiceCollection();
        new MongoSessionStoreProvider().AddStoreFromConnectionString(new ServerSessionBuilder(services), url);
        var invalid = Assert.Throws<OptionsValidationException>(() => services.BuildServiceProvider().GetRequiredService<ISessionStore>());
        Assert.DoesNotContain("very-secret", invalid.ToString(), StringComparison.Ordinal);
    }

    protected override void AddStore(IServerSessionBuilder builder, TestMongo mongo) =>
        builder.AddMongoStore(mongo.ConnectionString, options =>
            (options.DatabaseName, options.CollectionName) = (mongo.DatabaseName, "mine")
        );

    protected override async Task<bool> OptionWasHeededAsync(TestMongo mongo) =>
        await mongo.Database.GetCollection<BsonDocument>("mine").CountDocumentsAsync(new BsonDocument("_id", "a"), null, Cancel) == 1;
}
