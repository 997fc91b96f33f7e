using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Session.Stores.Sqlite.Tests;

public sealed class RegistrationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_line_registers_a_store_that_the_container_disposes()
    {
        await using var database = new TestDatabase();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(database.Clock);
        new Builder(services).AddSqliteStore(database.File, options => options.TableName = "mine");
        ISessionStore store;
        await using (var provider = services.BuildServiceProvider())
        {
            store = provider.GetRequiredService<ISessionStore>();
            Assert.Same(provider.GetRequiredService<SqliteSessionStore>(), store);
            await store.SetAsync("a", database.Record(life: TimeSpan.FromSeconds(1)), Cancel);
            Assert.Equal(1L, database.Query("SELECT count(*) FROM mine"));
            database.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(await store.GetAsync("a", Cancel));
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_path_that_cannot_be_opened_stops_the_start_with_the_reason()
    {
        await using var database = new TestDatabase();
        var path = Path.Combine(database.Folder, "missing", "sessions.db");
        using var host = Build(builder => builder.AddSqliteStore(path));
        var error = await Assert.ThrowsAsync<SessionStoreException>(() => host.StartAsync(Cancel));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist. Create it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_stop_the_start_before_anything_is_opened()
    {
        await using var database = new TestDatabase();
        using var host = Build(builder => builder.AddSqliteStore(options => (options.ConnectionString, options.PruneBatch) = (database.File, 0)));
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));
        Assert.Contains("PruneBatch must be from 1 to 100000", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(database.File));
    }

    [Fact]
    public async Task The_start_opens_the_database_and_the_end_closes_it()
    {
        await using var database = new TestDatabase();
        var host = Build(builder => builder.AddSqliteStore(database.File));
        await host.StartAsync(Cancel);
        Assert.True(File.Exists(database.File));
        await host.StopAsync(Cancel);
        await ((IAsyncDisposable)host).DisposeAsync();
        Assert.Equal([database.File], Directory.GetFiles(database.Folder));
    }

    [Fact]
    public async Task Another_store_registered_later_wins_and_nothing_is_opened_for_this_one()
    {
        await using var database = new TestDatabase();
        await using var other = database.Store(options => options.ConnectionString = ":memory:");
        using var host = Build(builder =>
        {
            builder.AddSqliteStore(database.File);
            builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore>(_ => new Decorator(other)));
        });
        await host.StartAsync(Cancel);
        Assert.False(File.Exists(database.File));
        await host.StopAsync(Cancel);
    }

    private static IHost Build(Action<IServerSessionBuilder> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        add(new Builder(builder.Services));
        return builder.Build();
    }

    private sealed class Builder(IServiceCollection services) : IServerSessionBuilder
    {
        public IServiceCollection Services => services;
    }

    private sealed class Decorator(ISessionStore inner) : ISessionStore
    {
        public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken) => inner.GetAsync(sid, cancellationToken);

        public ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken) => inner.SetAsync(sid, record, cancellationToken);

        public ValueTask DestroyAsync(string sid, CancellationToken cancellationToken) => inner.DestroyAsync(sid, cancellationToken);
    }
}
