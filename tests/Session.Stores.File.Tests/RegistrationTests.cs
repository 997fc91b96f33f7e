using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.File.Tests;

public sealed class RegistrationTests() : RegistrationTests<TestFolder, FileSessionStore>(TestFolder.CreateAsync)
{
    [Fact]
    public async Task A_path_that_cannot_be_opened_stops_the_start_with_the_reason()
    {
        await using var folder = new TestFolder();
        var path = Path.Combine(folder.Parent, "file");
        await System.IO.File.WriteAllTextAsync(path, "", Cancel);
        var error = await AssertStartFailsAsync<SessionStoreException>(builder => builder.AddFileStore(path), path);
        Assert.Contains("the path is a file", error.Message, StringComparison.Ordinal);
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
            Assert.Throws<ArgumentException>(() => new FileSessionStoreProvider().AddStore(new ServerSessionBuilder(services), url));
            Assert.Empty(services);
            return;
        }

        new FileSessionStoreProvider().AddStore(new ServerSessionBuilder(services), url);
        using var provider = services.BuildServiceProvider();
        Assert.Equal(path, provider.GetRequiredService<IOptions<FileSessionStoreOptions>>().Value.Path);
    }

    [Fact]
    public void A_connection_string_is_the_path_of_the_folder_and_nothing_at_all_is_the_folder_of_session_file_store()
    {
        var services = new ServiceCollection();
        new FileSessionStoreProvider().AddStoreFromConnectionString(new ServerSessionBuilder(services), "/var/lib/app");
        using (var provider = services.BuildServiceProvider())
        {
            Assert.Equal("/var/lib/app", provider.GetRequiredService<IOptions<FileSessionStoreOptions>>().Value.Path);
        }

        services = new ServiceCollection();
        new ServerSessionBuilder(services).AddFileStore();
        using (var provider = services.BuildServiceProvider())
        {
            Assert.Equal("./sessions", provider.GetRequiredService<IOptions<FileSessionStoreOptions>>().Value.Path);
        }
    }

    [Fact]
    public async Task Wrong_options_stop_the_start_before_anything_is_opened()
    {
        await using var folder = new TestFolder();
        await AssertStartFailsAsync<OptionsValidationException>(
            builder => builder.AddFileStore(options => (options.Path, options.DefaultLifetime) = (folder.Path, TimeSpan.Zero)),
            "DefaultLifetime must be more than zero"
        );
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
        await StartWithAnotherStoreAsync(builder => builder.AddFileStore(folder.Path));
        Assert.False(Directory.Exists(folder.Path));
    }

    protected override void AddStore(IServerSessionBuilder builder, TestFolder folder) =>
        builder.AddFileStore(folder.Path, options => options.FanOut = true);

    protected override Task<bool> OptionWasHeededAsync(TestFolder folder) =>
        Task.FromResult(
            !System.IO.File.Exists(folder.File("a.json"))
                && Directory.GetFiles(folder.Path, "a.json", SearchOption.AllDirectories).Length == 1
        );
}
