using System.Text.Json;

namespace ServerSessions.Tool.Tests;

/// <summary>What is wrong is said on stderr with what to do, and by the exit code.</summary>
public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(null, "No store is named. Set SESSION_STORE to its URL", "count")]
    [InlineData("sessions.db", "The store is no URL. Write one such as", "count")]
    [InlineData("acme://host/1", "No store has the URL acme://host/1. A URL starts with ", "count")]
    [InlineData("redis://host:port", "names no host", "count")]
    [InlineData("sqlite:", "names a file", "count")]
    [InlineData("sqlite:x.db", "keys that SqliteSessionStoreOptions does not take: 'Tabel'", "count", "--option", "Tabel=x")]
    [InlineData("sqlite:x.db", "--option must be NAME=VALUE", "count", "--option", "Tabel")]
    [InlineData("sqlite:x.db", "--timeout must be 0.001 to 600 seconds", "count", "--timeout", "0")]
    [InlineData("sqlite:x.db", "Name the sessions to end, or a user with --user.", "end")]
    [InlineData("sqlite:x.db", "There is no file nowhere.dll", "count", "--provider", "nowhere.dll")]
    [InlineData("sqlite:x.db", "FROM and TO are the same store.", "copy", "sqlite:a.db", "sqlite:a.db")]
    [InlineData("sqlite:x.db", "--overwrite takes 'older' only", "copy", "sqlite:a.db", "sqlite:b.db", "--overwrite", "newer")]
    [InlineData("sqlite:x.db", "Unrecognized command or argument 'cuont'", "cuont")]
    [InlineData("@nowhere", "The file nowhere with the store's URL cannot be read", "count")]
    public async Task A_wrong_use_ends_with_4(string? store, string message, params string[] arguments)
    {
        var run = await Tool.RunAsync(store, arguments);

        Assert.Equal((4, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_ends_with_3()
    {
        var run = await Tool.RunAsync("redis://127.0.0.1:1/0", "count", "--timeout", "1");

        Assert.Equal((3, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("error: Could not open Redis at 127.0.0.1:1: there ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite", "the file does not exist")]
    [InlineData("file", "it does not exist")]
    public async Task A_typo_in_a_path_creates_nothing(string scheme, string message)
    {
        using var folder = new TestFolder();

        var run = await Tool.RunAsync($"{scheme}:{folder.File("typo")}", "count");

        Assert.Equal((3, false), (run.ExitCode, Path.Exists(folder.File("typo"))));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_json_too()
    {
        var run = await Tool.RunAsync("acme://host", "ls", "--json");

        var error = JsonDocument.Parse(run.Error).RootElement;
        Assert.Equal((4, 4), (run.ExitCode, error.GetProperty("exitCode").GetInt32()));
        Assert.StartsWith("No store has the URL", error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_url_may_be_in_a_file_or_on_the_command_line()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutManyAsync(2);
        await File.WriteAllTextAsync(folder.File("url"), store.Url + "\n", TestContext.Current.CancellationToken);

        Assert.Equal("2\n", (await Tool.RunAsync(null, "count", "--store", store.Url)).Output);
        Assert.Equal("2\n", (await Tool.RunAsync(null, "count", "-s", $"@{folder.File("url")}")).Output);
        Assert.Equal("2\n", (await Tool.RunAsync($"@{folder.File("url")}", "count")).Output);
    }

    [Fact]
    public async Task An_option_of_the_store_is_set_by_its_name()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutManyAsync(2);

        var run = await Tool.RunAsync(store.Url, "count", "--option", "TableName=other");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("it has no table 'other'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_another_project_is_found_by_its_provider()
    {
        var count = await Tool.RunProcessAsync("minimal:", "count", "--provider", Tool.CustomStore);
        var doctor = await Tool.RunProcessAsync("minimal:", "doctor", "--provider", Tool.CustomStore, "--json");
        var none = await Tool.RunProcessAsync("minimal:", "count", "--provider", Tool.Program);

        Assert.Equal(3, count.ExitCode);
        Assert.Equal("error: The Minimal store cannot list its sessions (it is no IEnumerableSessionStore).\n", count.Error);
        Assert.Equal((0, "Minimal"), (doctor.ExitCode, Tool.Objects(doctor.Output)[0].GetProperty("backend").GetString()));
        Assert.Equal(4, none.ExitCode);
        Assert.Contains("no public class that derives from ServerSessions.SessionStoreProvider", none.Error, StringComparison.Ordinal);
    }
}
