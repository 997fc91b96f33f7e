using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MySqlConnector;
using ServerSessions.Testing;

namespace ServerSessions.Stores.MySql.Tests;

public sealed class RegistrationTests(SharedMySql shared)
    : RegistrationTests<TestDatabase, MySqlSessionStore>(() => TestDatabase.CreateAsync(shared))
{
    [Fact]
    public async Task A_data_source_from_the_service_container_is_used_and_left_to_it()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        await using var source = new MySqlDataSource(database.ConnectionString);
        var services = new ServiceCollection();
        services.AddSingleton(source);
        new ServerSessionBuilder(services).AddMySqlStore().AddMySqlStore(static options => options.TableName = "mine");
        await using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<ISessionStore>().SetAsync("a", new SessionRecord(TestDatabase.Payload("a"), null), Cancel);
        }

        await using var command = source.CreateCommand("SELECT count(*) FROM mine");
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public Task A_data_source_that_nobody_has_registered_stops_the_start_with_what_to_register() =>
        AssertStartFailsAsync<InvalidOperationException>(
            builder => builder.AddMySqlStore(),
            "Register one with services.AddSingleton<MySqlDataSource>(…), or call AddMySqlStore with a connection string."
        );

    [Fact]
    public async Task A_wrong_password_stops_the_start_with_the_reason()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var wrong = new MySqlConnectionStringBuilder(database.ConnectionString) { Password = "wrong" }.ConnectionString;
        await AssertStartFailsAsync<SessionStoreException>(builder => builder.AddMySqlStore(wrong), "refused the user or the password");
    }

    [Fact]
    public async Task A_server_that_is_away_does_not_stop_the_start_and_is_used_once_it_is_there()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var database = await server.NewDatabaseAsync();
        await server.Process.StopAsync();
        var logger = new SignallingLogger();
        using var host = Build(builder =>
        {
            builder.AddMySqlStore(database.ConnectionString);
            builder.Services.AddSingleton<ILogger<MySqlSessionStore>>(logger);
        });
        await host.StartAsync(Cancel);
        Assert.Equal(1, logger.Count("OpenedLater"));

        var store = host.Services.GetRequiredService<ISessionStore>();
        await Assert.ThrowsAsync<SessionStoreUnavailableException>(async () => await store.GetAsync("a", Cancel));
        await server.Process.StartAgainAsync(Cancel);
        Assert.Null(await store.GetAsync("a", Cancel));
        await host.StopAsync(Cancel);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public Task Wrong_options_stop_the_start_before_anything_is_connected() =>
        AssertStartFailsAsync<OptionsValidationException>(
            builder => builder.AddMySqlStore(options => (options.ConnectionString, options.PruneBatch) = ("Server=x;Database=x", 0)),
            "PruneBatch must be from 1 to 1000"
        );

    [Fact]
    public async Task The_start_makes_the_table_and_the_end_closes_the_connections()
    {
        await using var database = await TestDatabase.CreateAsync(shared);
        var host = Build(builder => builder.AddMySqlStore(database.Url));
        await host.StartAsync(Cancel);
        const string Connections = "SELECT count(*) FROM information_schema.processlist WHERE db = database()";
        Assert.Equal(1, await database.TablesAsync());

        // The one of the question is there too.
        Assert.Equal(2, await database.QueryAsync<int>(Connections));
        await host.StopAsync(Cancel);
        await ((IAsyncDisposable)host).DisposeAsync();
        while (await database.QueryAsync<int>(Connections) > 1)
        {
            await Task.Delay(10, Cancel);
        }
    }

    // No server listens there: a start that tried would say so.
    [Fact]
    public Task Another_store_registered_later_wins_and_nothing_is_connected_for_this_one() =>
        StartWithAnotherStoreAsync(builder => builder.AddMySqlStore("Server=127.0.0.1;Port=1;Database=app"));

    protected override void AddStore(IServerSessionBuilder builder, TestDatabase database) =>
        builder.AddMySqlStore(database.ConnectionString, options => options.TableName = "mine");

    protected override Task<bool> OptionWasHeededAsync(TestDatabase database) =>
        database.QueryAsync<bool>("SELECT count(*) = 1 FROM mine WHERE session_id = 'a'");
}
