namespace ServerSessions.Stores.File.Tests;

/// <summary>Ids that would be paths, and entries planted in place of a session's file.</summary>
public sealed class HostileIdTests
{
    private const string NodeFile = """{"cookie":{},"value":"planted","__lastAccess":95617584000000}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ids =>
        [
            "../outside",
            "..",
            ".",
            "/",
            "/tmp/outside",
            "a/../../outside",
            "..\\outside",
            "C:\\outside",
            "\\\\server\\share",
            "outside\u0001",
            "a\nb",
            "~",
            "~a",
            "~" + new string('0', 64),
            "-",
            "a.json",
            "a.json.1",
            ".locks/a7",
            ".a7-x.tmp",
            "a.unreadable-x",
            "CON",
            "nul",
            "COM1",
            "lpt9",
            "a:stream",
            "trailing.",
            "trailing ",
            "é",
            "e\u0301",
            "%2e%2e%2foutside",
            "*",
            "?",
            "$(id)",
            "`id`",
            "'",
            "\"",
            new string('a', 201),
            new string('a', Sid.MaxLength),
            new string('\uffff', Sid.MaxLength),
        ];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task An_id_never_leaves_the_folder_and_every_operation_works_with_it(string sid)
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync(sid, folder.Record("1"), Cancel);
        var read = await store.GetAsync(sid, Cancel);
        Assert.Equal(TestFolder.Payload("1"), read!.Payload.ToArray());
        Assert.True(await store.TouchAsync(sid, folder.Record(), Cancel));
        Assert.Equal(ConditionalSetResult.Stored, await store.TrySetAsync(sid, folder.Record("2"), read, Cancel));
        Assert.Equal(sid, Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);

        Assert.Equal([folder.Path], Directory.GetFileSystemEntries(folder.Parent));
        var file = Assert.Single(folder.Names);
        Assert.EndsWith(".json", file, StringComparison.Ordinal);
        Assert.InRange(file.Length, 1, 255);
        Assert.True(file == sid + ".json" || file[0] == '~');

        await store.DestroyAsync(sid, Cancel);
        Assert.Empty(folder.Names);
        await store.SetAsync(sid, folder.Record("3", TimeSpan.FromSeconds(1)), Cancel);
        folder.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await store.PruneAsync(10, Cancel));
        await store.SetAsync(sid, folder.Record("4"), Cancel);
        await store.ClearAsync(Cancel);
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_of_them_together_are_told_apart(bool fanOut)
    {
        await using var folder = new TestFolder();
        var store = folder.Store(options => options.FanOut = fanOut);
        var sids = Ids.Select(row => row.Data).Concat(["a", "A", "aB", "Ab", "con ", "CoN"]).ToList();
        foreach (var (i, sid) in sids.Index())
        {
            await store.SetAsync(sid, folder.Record($"{i}"), Cancel);
        }

        foreach (var (i, sid) in sids.Index())
        {
            Assert.Equal(TestFolder.Payload($"{i}"), (await store.GetAsync(sid, Cancel))!.Payload.ToArray());
        }

        Assert.Equal(
            sids.Order(StringComparer.Ordinal),
            (await store.AllAsync(Cancel).Select(entry => entry.Sid).ToListAsync(Cancel)).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_hashed_file_under_the_name_of_another_id_is_not_handed_out()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync("victim@host", folder.Record(), Cancel);
        var theirs = Assert.Single(folder.Names);
        await store.SetAsync("thief@host", folder.Record(), Cancel);
        var mine = Assert.Single(folder.Names, name => name != theirs);
        System.IO.File.Copy(folder.File(theirs), folder.File(mine), overwrite: true);
        await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("thief@host", Cancel));
        Assert.Null(await store.GetAsync("thief@host", Cancel));
        Assert.NotNull(await store.GetAsync("victim@host", Cancel));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("dangling link")]
    [InlineData("link to a folder")]
    [InlineData("fifo")]
    [InlineData("folder")]
    [InlineData("device")]
    public async Task What_is_no_file_is_neither_followed_nor_waited_for_and_is_set_aside_by_the_first_call(string kind)
    {
        await using var folder = new TestFolder();
        var outside = Path.Combine(folder.Parent, "outside");
        await System.IO.File.WriteAllTextAsync(outside, NodeFile, Cancel);
        foreach (
            var call in new Func<FileSessionStore, Task>[]
            {
                async store => await store.GetAsync("victim", Cancel),
                async store => await store.TouchAsync("victim", folder.Record(), Cancel),
                async store => await store.TrySetAsync("victim", folder.Record(), null, Cancel),
            }
        )
        {
            var logger = new SignallingLogger();
            var store = folder.Store(logger: logger);
            await store.OpenAsync(Cancel);
            PlantThing(folder, kind, outside);
            var error = await Assert.ThrowsAsync<SessionStoreException>(() => call(store));
            Assert.False(error.IsTransient);
            Assert.Contains("set aside", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("victim", error.ToString(), StringComparison.Ordinal);
            Assert.Equal(1, logger.Count("SetAside"));
            Assert.DoesNotContain(logger.Messages, message => message.Contains("victim", StringComparison.Ordinal));

            Assert.Null(await store.GetAsync("victim", Cancel));
            Assert.Equal(NodeFile, await System.IO.File.ReadAllTextAsync(outside, Cancel));
            var aside = Assert.Single(folder.Names, name => name.Contains(".unreadable-", StringComparison.Ordinal));
            Assert.Contains(aside[aside.IndexOf(".unreadable-", StringComparison.Ordinal)..], error.Message, StringComparison.Ordinal);
            if (kind == "folder")
            {
                Directory.Delete(folder.File(aside));
            }
            else
            {
                System.IO.File.Delete(folder.File(aside));
            }
        }
    }

    [Fact]
    public async Task A_folder_under_the_name_of_a_session_is_set_aside_by_a_write_too_and_is_nothing_to_destroy()
    {
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.OpenAsync(Cancel);
        Directory.CreateDirectory(folder.File("victim.json"));
        await store.DestroyAsync("victim", Cancel);
        Assert.Equal(["victim.json"], folder.Names);

        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync("victim", folder.Record(), Cancel));
        Assert.Contains("it is a folder", error.Message, StringComparison.Ordinal);
        await store.SetAsync("victim", folder.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("victim", Cancel));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("dangling link")]
    [InlineData("link to a folder")]
    [InlineData("fifo")]
    [InlineData("device")]
    public async Task Writing_and_destroying_replace_what_is_no_file_and_leave_what_it_leads_to(string kind)
    {
        await using var folder = new TestFolder();
        var outside = Path.Combine(folder.Parent, "outside");
        await System.IO.File.WriteAllTextAsync(outside, NodeFile, Cancel);
        var store = folder.Store();
        await store.OpenAsync(Cancel);
        PlantThing(folder, kind, outside);
        await store.SetAsync("victim", folder.Record("new"), Cancel);
        Assert.Equal(TestFolder.Payload("new"), (await store.GetAsync("victim", Cancel))!.Payload.ToArray());
        await store.DestroyAsync("victim", Cancel);

        PlantThing(folder, kind, outside);
        await store.DestroyAsync("victim", Cancel);
        Assert.Empty(folder.Names);
        Assert.Equal(NodeFile, await System.IO.File.ReadAllTextAsync(outside, Cancel));
    }

    [Fact]
    public async Task Listing_pruning_and_clearing_go_past_what_is_no_file()
    {
        await using var folder = new TestFolder();
        var outside = Path.Combine(folder.Parent, "outside");
        await System.IO.File.WriteAllTextAsync(outside, NodeFile, Cancel);
        var logger = new SignallingLogger();
        var store = folder.Store(logger: logger);
        await store.SetAsync("good", folder.Record(), Cancel);
        foreach (var kind in new[] { "link", "fifo", "folder" })
        {
            PlantThing(folder, kind, outside, kind + ".json");
        }

        Assert.Equal("good", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.Contains(logger.Messages, message => message.Contains("3 files of the folder", StringComparison.Ordinal));
        Assert.Equal(1, await store.LengthAsync(Cancel));
        Assert.Equal(0, await store.PruneAsync(10, Cancel));
        Assert.Equal(4, folder.Names.Length);
        await store.ClearAsync(Cancel);
        Assert.Equal(["folder.json"], folder.Names);
        Assert.True(System.IO.File.Exists(outside));
    }

    private static void PlantThing(TestFolder folder, string kind, string outside, string name = "victim.json")
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links and FIFOs are planted with the tools of Unix.");
        var path = folder.File(name);
        switch (kind)
        {
            case "link":
                System.IO.File.CreateSymbolicLink(path, outside);
                break;
            case "dangling link":
                System.IO.File.CreateSymbolicLink(path, outside + "-not-there");
                break;
            case "link to a folder":
                Directory.CreateSymbolicLink(path, folder.Parent);
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "fifo":
                Shell.Run("mkfifo", path);
                break;
            default:
                Assert.SkipUnless(Environment.IsPrivilegedProcess, "Making a device takes root.");
                Shell.Run("mknod", path, "c", "1", "5");
                break;
        }
    }
}
