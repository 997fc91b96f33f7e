using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerSessions.Stores.Relational;

namespace ServerSessions.Stores.Testing.Relational;

/// <param name="newPlace">Makes an empty database.</param>
/// <param name="startServer">Starts a server.</param>
/// <param name="method">The extension method that adds a store.</param>
/// <param name="source">The driver's type of data sources.</param>
public abstract class RelationalRegistrationTests<TDatabase, TStore, TOptions>(
    Func<Task<TDatabase>> newPlace,
    Func<Task<OwnServer<TDatabase>>> startServer,
    string method,
    Type source
) : RegistrationTests<TDatabase, TStore>(newPlace)
    where TDatabase : RelationalPlace<TStore, TOptions>
    where TStore : RelationalSessionStore
{
    [Fact]
    public async Task A_data_source_from_the_service_container_is_used_and_left_to_it()
    {
        await using var database = await NewPlaceAsync();
        await using var registered = database.NewSource(database.ConnectionString);
        var services = new ServiceCollection();
        services.AddSingleton(source, registered);
        var builder = new ServerSessionBuilder(services);
        AddStoreOnSource(builder);
        AddStore(builder, new StoreSettings { TableName = "mine" });
        await using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<ISessionStore>().SetAsync("a", new SessionRecord(StorePlace.Payload("a"), null), Cancel);
        }

        await using var command = registered.CreateCommand("SELECT count(*) FROM mine");
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public Task A_data_source_that_nobody_has_registered_stops_the_start_with_what_to_register() =>
        AssertStartFailsAsync<InvalidOperationException>(
            AddStoreOnSource,
            $"Register one with services.AddSingleton<{source.Name}>(…), or call {method} with a connection string."
        );

    [Fact]
    public async Task A_wrong_password_stops_the_start_with_the_reason()
    {
        await using var database = await NewPlaceAsync();
        var wrong = database.With("Password", "wrong");
        await AssertStartFailsAsync<SessionStoreException>(builder => AddStore(builder, wrong), "refused the user or the password");
    }

    [Fact]
    public async Task A_server_that_is_away_does_not_stop_the_start_and_is_used_once_it_is_there()
    {
        await using var server = await startServer();
        await using var database = await server.NewDatabaseAsync();
        await server.Process.StopAsync();
        var logger = new SignallingLogger<TStore>();
        using var host = Build(builder =>
        {
            AddStore(builder, database.ConnectionString);
            builder.Services.AddSingleton<ILogger<TStore>>(logger);
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
            builder => AddStore(builder, new StoreSettings { ConnectionString = NoServer, PruneBatch = 0 }),
            "PruneBatch must be from 1 to 1000"
        );

    [Fact]
    public async Task The_start_makes_the_table_and_the_end_closes_the_connections()
    {
        await using var database = await NewPlaceAsync();
        var host = Build(builder => AddStore(builder, database.Url));
        await host.StartAsync(Cancel);

        // First: a connection of the test's own, once closed, is counted a moment longer.
        Assert.Equal(1, await database.StoreConnectionsAsync());
        Assert.Equal(1, await database.TablesAsync());
        await host.StopAsync(Cancel);
        await ((IAsyncDisposable)host).DisposeAsync();
        await database.WaitForNoStoreConnectionAsync();
    }

    // No server listens there: a start that tried would say so.
    [Fact]
    public Task Another_store_registered_later_wins_and_nothing_is_connected_for_this_one() =>
        StartWithAnotherStoreAsync(builder => AddStore(builder, NoServer));

    /// <summary>A connection string of a port of this machine on which no server listens.</summary>
    protected abstract string NoServer { get; }

    /// <summary>The line without arguments.</summary>
    protected abstract void AddStoreOnSource(IServerSessionBuilder builder);

    /// <summary>The line with a connection string or a URL.</summary>
    protected abstract void AddStore(IServerSessionBuilder builder, string connectionString);

    /// <summary>The line with options.</summary>
    protected abstract void AddStore(IServerSessionBuilder builder, StoreSettings settings);

    protected override Task<bool> OptionWasHeededAsync(TDatabase place) =>
        place.QueryAsync<bool>($"SELECT count(*) = 1 FROM mine {place.Table.Row("a")}");
}
