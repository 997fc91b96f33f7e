namespace ServerSessions.Tool.Tests;

/// <summary>What removes sessions: <c>end</c>, <c>clear</c> and <c>prune</c>, and what they ask before.</summary>
public sealed class EndTests(SharedRedis redis)
{
    [Fact]
    public async Task One_session_ends_without_a_question()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("one");
        await store.PutAsync("other");

        var run = await Tool.RunAsync(store.Url, "end", Sid.Fingerprint("one"));

        Assert.Equal((0, $"{Sid.Fingerprint("one")}  ended\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal((false, true), (await store.HasAsync("one"), await store.HasAsync("other")));
    }

    [Fact]
    public async Task Several_sessions_end_only_if_it_is_confirmed()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutManyAsync(2);

        var unasked = await Tool.RunAsync(store.Url, "end", "sid-00000", "sid-00001");
        var refused = await Tool.InTerminalAsync(store.Url, "end sid-00000 sid-00001", "n\n");

        Assert.Equal((5, 5, 2), (unasked.ExitCode, refused.ExitCode, await store.CountAsync()));
        Assert.Equal("error: Nothing was changed: there is no terminal to ask on. Write --yes to confirm.\n", unasked.Error);
        Assert.Contains("Not confirmed. Nothing was changed.", refused.Output, StringComparison.Ordinal);

        var confirmed = await Tool.InTerminalAsync(store.Url, "end sid-00000 sid-00001", "y\n");

        Assert.Contains("End 2 sessions of sqlite:", confirmed.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0), (confirmed.ExitCode, await store.CountAsync()));
    }

    [Fact]
    public async Task All_sessions_of_a_user_end()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Files());
        await store.PutAsync("a1", "\"__login\":{\"handle\":\"1\",\"subject\":\"ada\"}");
        await store.PutAsync("a2", "\"__login\":{\"handle\":\"2\",\"subject\":\"ada\"}");
        await store.PutAsync("b1", "\"__login\":{\"handle\":\"3\",\"subject\":\"bob\"}");

        var (dryCode, dry) = await Tool.JsonAsync(store.Url, "end", "--user", "ada", "--dry-run");
        var (exitCode, ended) = await Tool.JsonAsync(store.Url, "end", "--user", "ada", "--yes");
        var (again, _) = await Tool.JsonAsync(store.Url, "end", "--user", "ada", "--yes");

        Assert.Equal((0, 2, 0, 2, 1), (dryCode, dry.Length, exitCode, ended.Length, again));
        Assert.All(ended, static one => Assert.Equal("ended", one.GetProperty("result").GetString()));
        Assert.Equal((1, true), (await store.CountAsync(), await store.HasAsync("b1")));
    }

    [Fact]
    public async Task A_tombstone_is_not_ended_but_reported()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("old", "\"__moved\":\"v1.abc\"");

        var run = await Tool.RunAsync(store.Url, "end", "old");

        Assert.Equal((2, true), (run.ExitCode, await store.HasAsync("old")));
        Assert.Contains("live on under another id", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_is_removed_only_if_the_stores_name_was_typed()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutManyAsync(3);

        var unasked = await Tool.RunAsync(store.Url, "clear");
        var wrong = await Tool.InTerminalAsync(store.Url, "clear", "yes\n");
        var dry = await Tool.RunAsync(store.Url, "clear", "--dry-run");

        Assert.Equal((5, 5, 0, 3), (unasked.ExitCode, wrong.ExitCode, dry.ExitCode, await store.CountAsync()));
        Assert.Equal($"would remove 3 sessions of {store.Url}\n", dry.Output);

        var typed = await Tool.InTerminalAsync(store.Url, "clear", folder.File("sessions.db") + "\n");

        Assert.Contains("This signs out 3 sessions of sqlite:", typed.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0), (typed.ExitCode, await store.CountAsync()));
    }

    [Fact]
    public async Task A_flag_confirms_without_a_terminal()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Files());
        await store.PutManyAsync(3);

        var (exitCode, json) = await Tool.JsonAsync(store.Url, "clear", "--yes");

        Assert.Equal((0, 3, 0), (exitCode, json[0].GetProperty("cleared").GetInt32(), await store.CountAsync()));
    }

    [Fact]
    public async Task Expired_sessions_are_pruned_and_a_dry_run_counts_them()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("alive");
        await using (var earlier = TestStore.Open(store.Url, new FakeTimeProvider(TestStore.Now.AddMinutes(-10))))
        {
            await earlier.PutAsync("dead", expires: TestStore.Now.AddMinutes(-5));
        }

        var dry = await Tool.RunAsync(store.Url, "prune", "--dry-run");
        var run = await Tool.RunAsync(store.Url, "prune");
        var again = await Tool.RunAsync(store.Url, "prune");

        Assert.Equal(
            ("would remove 1 expired session\n", "removed 1 expired session\n", "removed 0 expired sessions\n"),
            (dry.Output, run.Output, again.Output)
        );
        Assert.True(await store.HasAsync("alive"));
    }

    [Fact]
    public async Task A_backend_that_removes_expired_sessions_has_nothing_to_prune()
    {
        await using var place = await redis.NewPlaceAsync();

        var run = await Tool.RunAsync(place.Url, "prune", "--option", $"Prefix={place.KeyPrefix}");

        Assert.Equal((0, "Redis removes expired sessions by itself. There is nothing to do.\n"), (run.ExitCode, run.Output));
    }
}
