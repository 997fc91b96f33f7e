using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class RegistrationTests() : RegistrationTests<TestDatabase, SqliteSessionStore>(TestDatabase.CreateAsync)
{
    [Fact]
    public async Task A_path_that_cannot_be_opened_stops_the_start_with_the_reason()
    {
        await using var database = new TestDatabase();
        var path = Path.Combine(database.Folder, "missing", "sessions.db");
        var error = await AssertStartFailsAsync<SessionStoreException>(builder => builder.AddSqliteStore(path), path);
        Assert.Contains("does not exist. Create it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_stop_the_start_before_anything_is_opened()
    {
        await using var database = new TestDatabase();
        await AssertStartFailsAsync<OptionsValidationException>(
            builder => builder.AddSqliteStore(options => (options.ConnectionString, options.PruneBatch) = (database.File, 0)),
            "PruneBatch must be from 1 to 100000"
        );
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
        await StartWithAnotherStoreAsync(builder => builder.AddSqliteStore(database.File));
        Assert.False(File.Exists(database.File));
    }

    protected override void AddStore(IServerSessionBuilder builder, TestDatabase database) =>
        builder.AddSqliteStore(database.File, options => options.TableName = "mine");

    protected override Task<bool> OptionWasHeededAsync(TestDatabase database) =>
        Task.FromResult(database.Query("SELECT count(*) FROM mine WHERE sid = 'a'") is 1L);
}
