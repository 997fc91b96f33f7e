using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Session.Stores.File.Tests;

public sealed class RegistrationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_line_registers_a_store_that_the_container_disposes()
    {
        await using var folder = new TestFolder();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(folder.Clock);
        new Builder(services).AddFileStore(folder.Path, options => options.FanOut = true);
        ISessionStore store;
        await using (var provider = services.BuildServiceProvider())
        {
            store = provider.GetRequiredService<ISessionStore>();
            Assert.Same(provider.GetRequiredService<FileSessionStore>(), store);
            await store.SetAsync("a", folder.Record(life: TimeSpan.FromSeconds(1)), Cancel);
            Assert.Single(Directory.GetFiles(folder.Path, "a.json", SearchOption.AllDirectories));
            folder.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(await store.GetAsync("a", Cancel));
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_path_that_cannot_be_opened_stops_the_start_with_the_reason()
    {
        await using var folder = new TestFolder();
        var path = Path.Combine(folder.Parent, "file");
        await System.IO.File.WriteAllTextAsync(path, "", Cancel);
        using var host = Build(builder => builder.AddFileStore(path));
        var error = await Assert.ThrowsAsync<SessionStoreException>(() => host.StartAsync(Cancel));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("that is a file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:", null)]
    [InlineData("file://", null)]
    [InlineData("file://server/share", null)]
    [InlineData("sqlite:x", null)]
    [InlineData("file:sessions/x", "sessions/x")]
    [InlineData("FILE:../a b%20", "../a b%20")]
    [InlineData("file:/var/lib/app/sessions", "/var/lib/app/sessions")]
    [InlineData("file:///var/lib/app/sessions", "/var/lib/app/sessions")]
    public void A_url_names_a_folder_or_is_refused(string url, string? path)
    {
        var services = new ServiceCollection();
        if (path is null)
        {
            Assert.Throws<ArgumentException>(() => new FileSessionStoreUrl().AddStore(new Builder(services), url));
            Assert.Empty(services);
            return;
        }

        new FileSessionStoreUrl().AddStore(new Builder(services), url);
        using var provider = services.BuildServiceProvider();
        Assert.Equal(path, provider.GetRequiredService<IOptions<FileSessionStoreOptions>>().Value.Path);
    }

    [Fact]
    public void A_connection_string_is_the_path_of_the_folder_and_nothing_at_all_is_the_folder_of_session_file_store()
    {
        var services = new ServiceCollection();
        new FileSessionStoreUrl().AddStoreFromConnectionString(new Builder(services), "/var/lib/app");
        using (var provider = services.BuildServiceProvider())
        {
            Assert.Equal("/var/lib/app", provider.GetRequiredService<IOptions<FileSessionStoreOptions>>().Value.Path);
        }

        services = new ServiceCollection();
        new Builder(services).AddFileStore();
        using (var provider = services.BuildServiceProvider())
        {
            Assert.Equal("./sessions", provider.GetRequiredService<IOptions<FileSessionStoreOptions>>().Value.Path);
        }
    }

    [Fact]
    public async Task Wrong_options_stop_the_start_before_anything_is_opened()
    {
        await using var folder = new TestFolder();
        using var host = Build(builder => builder.AddFileStore(options => (options.Path, options.DefaultLifetime) = (folder.Path, TimeSpan.Zero)));
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));
        Assert.Contains("DefaultLifetime must be more than zero", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public async Task The_start_opens_the_folder_and_leaves_nothing_in_it_but_the_locks()
    {
        await using var folder = new TestFolder();
        var host = Build(builder => builder.AddFileStore(folder.Path));
        await host.StartAsync(Cancel);
        Assert.True(Directory.Exists(folder.Path));
        await host.StopAsync(Cancel);
        await ((IAsyncDisposable)host).DisposeAsync();
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Another_store_registered_later_wins_and_nothing_is_opened_for_this_one()
    {
        await using var folder = new TestFolder();
        await using var other = folder.Store(options => options.Path = Path.Combine(folder.Parent, "other"));
        using var host = Build(builder =>
        {
            builder.AddFileStore(folder.Path);
            builder.Services.Replace(ServiceDescriptor.Singleton<ISessionStore>(_ => new Decorator(other)));
        });
        await host.StartAsync(Cancel);
        Assert.False(Directory.Exists(folder.Path));
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
