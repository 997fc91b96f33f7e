using System.Globalization;
using System.Text.Json;

namespace ServerSessions.Tool.Tests;

/// <summary><c>copy</c>: between all backends, cut and resumed, with a source that changes.</summary>
public sealed class CopyTests(SharedPostgres postgres, SharedMySql mySql, SharedMongoOrSubstitute mongo)
{
    [Fact]
    public async Task To_and_from_Redis()
    {
        await using var server = await RedisServer.StartAsync();
        await ThereAndBackAsync(server.Url + "/1");
    }

    [Fact]
    public async Task To_and_from_PostgreSQL()
    {
        await using var place = await postgres.NewPlaceAsync();
        await ThereAndBackAsync(place.Url);
    }

    [Fact]
    public async Task To_and_from_MySQL()
    {
        await using var place = await mySql.NewPlaceAsync();
        await ThereAndBackAsync(place.Url);
    }

    [Fact]
    public async Task To_and_from_MongoDB()
    {
        await using var place = await mongo.NewPlaceAsync();
        await ThereAndBackAsync(place.ConnectionString);
    }

    [Fact]
    public async Task To_and_from_files()
    {
        using var folder = new TestFolder();
        await ThereAndBackAsync(folder.Files());
    }

    [Fact]
    public async Task A_copy_that_was_killed_goes_on_where_it_was()
    {
        const int Count = 2000;
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await source.PutManyAsync(Count);
        var checkpoint = folder.File("checkpoint");
        string[] command = ["copy", source.Url, folder.Files(), "--checkpoint", checkpoint, "--batch", "10", "--json"];

        // Slow enough that it cannot end before the first report of its progress.
        using (var process = Tool.Start(null, [.. command, "--rate", "500"]))
        {
            var progress = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
            Assert.InRange(progress.RootElement.GetProperty("done").GetInt32(), 1, Count - 1);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var run = await Tool.RunAsync(null, command);
        var result = Tool.Objects(run.Output).Last();

        Assert.Equal(0, run.ExitCode);
        var before = result.GetProperty("before").GetInt32();
        Assert.InRange(before, 10, Count - 1);

        // What was written after the last flush is found to be the same.
        Assert.Equal(Count - before, result.GetProperty("created").GetInt32() + result.GetProperty("same").GetInt32());
        Assert.Equal((Count, 0), (result.GetProperty("verified").GetProperty("same").GetInt32(), result.GetProperty("gone").GetInt32()));
        await using var target = TestStore.Open(folder.Files());
        Assert.Equal(Count, await target.CountAsync());
        Assert.DoesNotContain(
            "sid-0",
            await File.ReadAllTextAsync(checkpoint, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(checkpoint) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task An_interrupted_copy_ends_with_130_and_says_how_to_go_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "kill is sent as Linux has it.");
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await source.PutManyAsync(2000);
        using var process = Tool.Start(null, "copy", source.Url, folder.Files(), "--no-checkpoint", "--rate", "100", "--json");
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        // The signal of Ctrl-C is ignored in what a shell has put into the background; this one has the same handler.
        await ProgramRun.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        var run = await ProgramRun.EndAsync(process);

        Assert.Equal((130, "interrupted"), (run.ExitCode, Tool.Objects(run.Error).Last().GetProperty("error").GetString()));
    }

    [Fact]
    public async Task A_second_copy_finds_everything_the_same_and_a_dry_run_writes_nothing()
    {
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await source.PutManyAsync(30);
        await using (var target = TestStore.Open(folder.Sqlite("target.db")))
        {
            await target.PutAsync("own");
        }

        var dry = await CopyAsync(folder, source.Url, folder.Sqlite("target.db"), "--dry-run");
        var first = await CopyAsync(folder, source.Url, folder.Sqlite("target.db"));
        var second = await CopyAsync(folder, source.Url, folder.Sqlite("target.db"));

        Assert.Equal((30, 30), (dry.GetProperty("created").GetInt32(), first.GetProperty("created").GetInt32()));
        Assert.Equal((0, 30), (second.GetProperty("created").GetInt32(), second.GetProperty("same").GetInt32()));
    }

    [Fact]
    public async Task Each_of_the_two_stores_has_options_of_its_own()
    {
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await source.PutManyAsync(3);

        await CopyAsync(folder, source.Url, source.Url, "--to-option", "TableName=other");
        var back = await CopyAsync(
            folder,
            source.Url,
            folder.Files(),
            "--from-option",
            "TableName=other",
            "--checkpoint",
            folder.File("b")
        );
        var ambiguous = await Tool.RunAsync(null, "copy", source.Url, folder.Files(), "--option", "TableName=other");

        Assert.Equal((3, 4), (back.GetProperty("created").GetInt32(), ambiguous.ExitCode));
        Assert.Contains("Write --from-option or --to-option", ambiguous.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_differs_in_the_target_is_left_unless_it_is_older_and_may_be_replaced()
    {
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await using var target = TestStore.Open(folder.Sqlite("target.db"));
        await source.PutAsync("one", "\"views\":2");
        await target.PutAsync("one", "\"views\":1", TestStore.Now.AddDays(1));
        await source.PutAsync("two", "\"views\":2", TestStore.Now.AddDays(1));
        await target.PutAsync("two", "\"views\":3");

        var plain = await Tool.RunAsync(null, "copy", source.Url, target.Url, "--checkpoint", folder.File("a"));
        var older = await Tool.RunAsync(null, "copy", source.Url, target.Url, "--checkpoint", folder.File("b"), "--overwrite", "older");

        Assert.Equal((1, 1), (plain.ExitCode, older.ExitCode));
        Assert.Contains("  different            2  left as they are in the target\n", plain.Output, StringComparison.Ordinal);
        Assert.Contains("  updated              1\n  different            1  left", older.Output, StringComparison.Ordinal);
        Assert.Contains("verified 2 sessions: 1 the same, 0 missing, 1 with another content", older.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_was_signed_out_while_it_was_copied_is_reported_and_removed_at_last()
    {
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await using var target = TestStore.Open(folder.Sqlite("target.db"));
        await source.PutManyAsync(5);
        await target.PutAsync("of-the-target");
        string[] command = ["copy", source.Url, target.Url, "--checkpoint", folder.File("checkpoint")];

        await Tool.RunAsync(null, command);
        await source.Store.DestroyAsync("sid-00002");
        var warned = await Tool.RunAsync(null, command);
        var final = await Tool.RunAsync(null, [.. command, "--final"]);

        Assert.Contains("warning: the source changed while it was copied: 1 session ended there", warned.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0), (warned.ExitCode, final.ExitCode));
        Assert.Contains("removed 1 session that the source no longer has\n", final.Output, StringComparison.Ordinal);
        Assert.Equal(
            (5, false, true),
            (await target.CountAsync(), await target.HasAsync("sid-00002"), await target.HasAsync("of-the-target"))
        );
    }

    [Fact]
    public async Task A_checkpoint_of_another_copy_is_refused()
    {
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await source.PutManyAsync(1);
        await CopyAsync(folder, source.Url, folder.Sqlite("one.db"));

        var other = await Tool.RunAsync(null, "copy", source.Url, folder.Sqlite("two.db"), "--checkpoint", folder.File("checkpoint"));
        await File.WriteAllTextAsync(folder.File("text"), "hello", TestContext.Current.CancellationToken);
        var none = await Tool.RunAsync(null, "copy", source.Url, folder.Sqlite("two.db"), "--checkpoint", folder.File("text"));

        Assert.Equal((4, 4), (other.ExitCode, none.ExitCode));
        Assert.Contains("is the checkpoint of a copy between other stores", other.Error, StringComparison.Ordinal);
        Assert.Contains("is no checkpoint of a copy", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_goes_away_ends_the_copy_with_2()
    {
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await source.PutManyAsync(2000);
        await using var server = await RedisServer.StartAsync();
        using var process = Tool.Start(
            null,
            ["copy", source.Url, server.Url + "/0", "--checkpoint", folder.File("checkpoint"), "--rate", "400", "--retries", "1", "--json"]
        );
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        await server.Process.KillAsync();
        var run = await ProgramRun.EndAsync(process);

        Assert.True(run.ExitCode == 2, run.Error);
        Assert.Contains("Redis at 127.0.0.1", Tool.Objects(run.Error).Last().GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Copies sessions of every kind from SQLite to a store, and on to another file. They arrive as they were.</summary>
    private static async Task ThereAndBackAsync(string url)
    {
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite("source.db"));
        await source.PutManyAsync(40);
        await source.PutAsync("text", "\"name\":\"Zoë 🦊 \\u0001\",\"list\":[1,2.50,null,true,{\"a\":{}}]");
        await source.PutAsync("sealed", "\"sealed\":\"v1.abc\"");
        await source.PutAsync("renewed", "\"__moved\":\"v1.abc\"", TestStore.Now.AddMinutes(5));
        await source.PutAsync("long", $"\"text\":\"{new string('x', 100_000)}\"");
        const int Count = 44;

        var there = await CopyAsync(folder, source.Url, url, "--checkpoint", folder.File("there"));
        var back = await CopyAsync(folder, url, folder.Sqlite("back.db"), "--checkpoint", folder.File("back"));

        foreach (var result in (JsonElement[])[there, back])
        {
            Assert.Equal(
                (Count, Count, 0),
                (
                    result.GetProperty("created").GetInt32(),
                    result.GetProperty("verified").GetProperty("same").GetInt32(),
                    result.GetProperty("refused").GetInt32()
                )
            );
        }

        var direct = await CopyAsync(folder, source.Url, folder.Sqlite("back.db"), "--checkpoint", folder.File("direct"));
        Assert.Equal((0, Count), (direct.GetProperty("created").GetInt32(), direct.GetProperty("same").GetInt32()));
    }

    private static async Task<JsonElement> CopyAsync(TestFolder folder, string from, string to, params string[] more)
    {
        string[] checkpoint =
            more.Contains("--checkpoint") || more.Contains("--dry-run") ? [] : ["--checkpoint", folder.File("checkpoint")];
        var run = await Tool.RunAsync(null, ["copy", from, to, "--json", .. checkpoint, .. more]);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        return Tool.Objects(run.Output).Last();
    }
}
