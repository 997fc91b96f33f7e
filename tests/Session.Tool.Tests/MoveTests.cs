namespace ServerSessions.Tool.Tests;

/// <summary><c>move</c>: the drain of a move, from one store to the other and back.</summary>
public sealed class MoveTests
{
    [Fact]
    public async Task It_carries_every_session_with_what_it_holds_and_leaves_none()
    {
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await source.PutManyAsync(20);
        await source.PutAsync("one", "\"views\":7");

        var run = await Tool.RunAsync(null, "move", source.Url, folder.Files());
        var again = Tool.Objects((await Tool.RunAsync(null, "move", source.Url, folder.Files(), "--json")).Output).Last();
        var shown = await Tool.RunAsync(null, "count", "--store", folder.Files());

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("carried 21 sessions in ", run.Output, StringComparison.Ordinal);
        Assert.Contains("the other store holds none any more\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("with the mode CarryToNew or Stay", run.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0), (again.GetProperty("moved").GetInt32(), again.GetProperty("left").GetInt32()));
        await using var target = TestStore.Open(folder.Files());
        Assert.Contains("21", shown.Output, StringComparison.Ordinal);
        Assert.Equal(TestStore.Payload("\"views\":7"), await target.TextAsync("one"));
    }

    [Fact]
    public async Task The_way_back_carries_what_the_new_store_holds_to_the_old_one()
    {
        using var folder = new TestFolder();
        await using var source = TestStore.Open(folder.Sqlite());
        await source.PutManyAsync(5);
        await Tool.RunAsync(null, "move", source.Url, folder.Files());

        var back = Tool.Objects((await Tool.RunAsync(null, "move", source.Url, folder.Files(), "--back", "--json")).Output).Last();

        Assert.Equal((5, 0), (back.GetProperty("moved").GetInt32(), back.GetProperty("left").GetInt32()));
        Assert.Contains("\"number\":2", await source.TextAsync("sid-00002"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task During_a_move_the_users_and_sessions_of_both_stores_are_found_and_ended()
    {
        using var folder = new TestFolder();
        await using (var app = await SignInApp.StartAsync(folder.Sqlite()))
        {
            await app.SignInAsync("ada", "ada", "bob");
        }

        await using var old = TestStore.Open(folder.Sqlite());
        await using (var created = TestStore.Open(folder.Files()))
        {
            await created.PutAsync("of-the-new-store", "\"__login\":{\"handle\":\"9\",\"subject\":\"eve\"}");
            await created.PutListAsync("eve", ["of-the-new-store"]);
        }

        string[] both = ["--store", folder.Files(), "--move-from", old.Url];
        var (_, users) = await Tool.JsonAsync(null, ["users", .. both]);
        var (exitCode, report) = await Tool.JsonAsync(null, ["doctor", .. both]);
        var ended = await Tool.RunAsync(null, ["end", "--user", "ada", "--yes", .. both]);
        var eve = await Tool.RunAsync(null, ["end", "--user", "eve", .. both]);
        var (_, left) = await Tool.JsonAsync(null, ["users", "--scan", .. both]);

        Assert.Equal(
            ["ada: 2", "bob: 1", "eve: 1"],
            users.Select(static user => $"{user.GetProperty("user")}: {user.GetProperty("sessions")}")
        );
        Assert.Equal((0, "SQLite+File"), (exitCode, report[0].GetProperty("backend").GetString()));
        Assert.Equal((0, 0), (ended.ExitCode, eve.ExitCode));
        Assert.Equal("bob", left.Single().GetProperty("user").GetString());
    }

    [Fact]
    public async Task During_a_move_the_old_store_has_options_of_its_own()
    {
        using var folder = new TestFolder();
        await using var created = TestStore.Open(folder.Sqlite());
        await created.PutAsync("new");
        await using var target = TestStore.Open(folder.Files());
        await target.PutAsync("old");
        string[] copy = ["copy", folder.Files(), folder.Sqlite("old.db"), "--to-option", "TableName=former_sessions"];
        Assert.Equal(0, (await Tool.RunAsync(null, copy)).ExitCode);

        string[] both = ["--move-from", folder.Sqlite("old.db"), "--move-from-option", "TableName=former_sessions"];
        var run = await Tool.RunAsync(folder.Sqlite(), ["count", .. both]);
        var ended = await Tool.RunAsync(folder.Sqlite(), ["end", "old", .. both]);
        var (_, left) = await Tool.JsonAsync(folder.Sqlite(), ["ls", "--full-ids", .. both]);

        Assert.Equal((0, "2\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal("new", left.Single().GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_option_of_the_old_store_without_an_old_store_or_that_it_does_not_have_is_refused()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("one");

        var alone = await Tool.RunAsync(store.Url, "count", "--move-from-option", "TableName=x");
        var unknown = await Tool.RunAsync(store.Url, "count", "--move-from", folder.Files(), "--move-from-option", "TableName=x");

        Assert.Equal((4, ""), (alone.ExitCode, alone.Output));
        Assert.Contains("Write --move-from URL too.", alone.Error, StringComparison.Ordinal);
        Assert.Equal((4, ""), (unknown.ExitCode, unknown.Output));
        Assert.Contains("TableName", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_store_given_twice_and_a_rate_below_zero_are_refused()
    {
        using var folder = new TestFolder();

        var same = await Tool.RunAsync(null, "move", folder.Sqlite(), folder.Sqlite());
        var rate = await Tool.RunAsync(null, "move", folder.Sqlite(), folder.Files(), "--rate", "-1");

        Assert.Equal((4, 4), (same.ExitCode, rate.ExitCode));
        Assert.Contains("FROM and TO are the same store", same.Error, StringComparison.Ordinal);
        Assert.Contains("--rate must be 0 or more", rate.Error, StringComparison.Ordinal);
    }
}
