using System.Security.Cryptography;
using System.Text;

namespace ServerSessions.Stores.File.Tests;

/// <summary>What others could have put into the folder or could change there is refused, each time with what to do (S6).</summary>
public sealed class SharedFolderTests
{
    private const string Other = "65534";
    private const string Sid = "very-secret-id";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("755")]
    [InlineData("700")]
    public async Task A_folder_of_another_user_is_refused_until_it_is_ours(string mode)
    {
        SkipUnlessRoot();
        await using var folder = new TestFolder();
        Plant(folder);
        Shell.Run("chmod", mode, folder.Path);
        Shell.Run("chown", Other, folder.Path);
        var store = folder.Store();
        await RefusedAsync(store.GetAsync(Sid, Cancel).AsTask(), "it belongs to user 65534", "chown -R 0", "AllowGroupAccess");
        Shell.Run("chown", "0", folder.Path);
        Assert.NotNull(await store.GetAsync(Sid, Cancel));
    }

    [Theory]
    [InlineData("770")]
    [InlineData("2775")]
    [InlineData("720")]
    public async Task A_folder_that_its_group_may_write_is_refused_unless_the_group_is_meant_to(string mode)
    {
        SkipUnlessRoot();
        await using var folder = new TestFolder();
        Plant(folder);
        Shell.Run("chgrp", Other, folder.Path);
        Shell.Run("chmod", mode, folder.Path);
        await RefusedAsync(folder.Store().GetAsync(Sid, Cancel).AsTask(), "its group may write to it", "chmod 700", "AllowGroupAccess");
        Assert.NotNull(await folder.Store(options => options.AllowGroupAccess = true).GetAsync(Sid, Cancel));
    }

    [Fact]
    public async Task A_group_that_is_meant_to_share_reads_and_writes_what_the_store_makes_and_its_members_files_are_sessions()
    {
        SkipUnlessRoot();
        await using var folder = new TestFolder();
        Plant(folder);
        Shell.Run("chown", "-R", $"{Other}:{Other}", folder.Path);
        Shell.Run("chmod", "2770", folder.Path);
        Shell.Run("chmod", "755", folder.Parent);
        var store = folder.Store(options => (options.AllowGroupAccess, options.FanOut) = (true, false));
        Assert.NotNull(await store.GetAsync(Sid, Cancel));
        await store.SetAsync("ours", folder.Record(), Cancel);
        await store.TouchAsync(Sid, folder.Record(), Cancel);
        Shell.Run(
            "setpriv",
            "--reuid=1",
            $"--regid={Other}",
            "--clear-groups",
            "sh",
            "-c",
            "cd \"$1\" && cat ours.json very-secret-id.json && echo >> ours.json && echo >> .locks/00 && mv ours.json theirs.json",
            "sh",
            folder.Path
        );
        Assert.True(Shell.TryRun("test", "-f", folder.File("theirs.json")));
        Assert.False(Shell.TryRun("setpriv", "--reuid=1", "--regid=1", "--clear-groups", "cat", folder.File("very-secret-id.json")));

        Shell.Run("chmod", "777", folder.Path);
        await RefusedAsync(folder.Store(options => options.AllowGroupAccess = true).OpenAsync(Cancel).AsTask(), "everyone may write to it");
    }

    [Fact]
    public async Task A_group_that_is_meant_to_share_does_so_in_every_folder_that_is_made_whatever_the_umask()
    {
        SkipUnlessRoot();
        await using var folder = new TestFolder();
        await CrashWriter.RunAsync("umask 077", "group", folder.Path);
        foreach (var made in Directory.GetDirectories(folder.Path, "*", SearchOption.AllDirectories).Append(folder.Path))
        {
            Assert.Equal("770", Mode(made));
        }

        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);
        Assert.True(files.Length >= 2);
        Assert.All(files, file => Assert.Equal("660", Mode(file)));
    }

    [Theory]
    [InlineData("777", "", "everyone may write to its folder '.locks'")]
    [InlineData("770", "", "its group may write to its folder '.locks'")]
    [InlineData("700", Other, "its folder '.locks' belongs to user 65534")]
    public async Task A_folder_of_locks_that_others_may_change_is_refused(string mode, string owner, string says)
    {
        SkipUnlessRoot();
        await using var folder = new TestFolder();
        await folder.Store().OpenAsync(Cancel);
        Give(folder.File(".locks"), mode, owner);
        await RefusedAsync(folder.Store().OpenAsync(Cancel).AsTask(), says);
    }

    [Theory]
    [InlineData("777", "", "everyone may write to its folder")]
    [InlineData("770", "", "its group may write to its folder")]
    [InlineData("700", Other, "belongs to user 65534")]
    public async Task A_folder_that_sessions_are_spread_over_is_refused_where_others_may_change_it_and_the_rest_works(
        string mode,
        string owner,
        string says
    )
    {
        SkipUnlessRoot();
        await using var folder = new TestFolder();
        await folder.Store(options => options.FanOut = true).SetAsync(Sid, folder.Record(), Cancel);
        var (inner, name) = FanOut(folder, Sid);
        foreach (var path in new[] { inner, Path.GetDirectoryName(inner)! })
        {
            Give(path, mode, owner);
            var store = folder.Store(options => options.FanOut = true);
            await RefusedInFanOutAsync(folder, store, says, name.Split('/')[0]);
            Give(path, "700", "0");
            Assert.NotNull(await store.GetAsync(Sid, Cancel));
        }
    }

    [Fact]
    public async Task A_link_in_place_of_a_folder_that_sessions_are_spread_over_is_refused_and_nothing_is_read_written_or_removed_where_it_leads()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links take rights on Windows.");
        await using var folder = new TestFolder();
        await folder.Store(options => options.FanOut = true).SetAsync(Sid, folder.Record(), Cancel);
        var (inner, name) = FanOut(folder, Sid);
        var outside = Path.Combine(folder.Parent, "outside");
        Directory.Move(inner, outside);
        var stripe = SHA256.HashData(Encoding.UTF8.GetBytes(Sid))[0];
        await System.IO.File.WriteAllTextAsync(Path.Combine(outside, $".{stripe:x2}-00.tmp"), "", Cancel);
        var before = Directory.GetFiles(outside).Order().ToList();
        Directory.CreateSymbolicLink(inner, outside);
        await RefusedInFanOutAsync(folder, folder.Store(options => options.FanOut = true), $"its folder '{name}' is a link", name);
        Assert.Equal(before, Directory.GetFiles(outside).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_in_place_of_a_lock_is_refused_and_nothing_is_made_where_it_leads(bool dangling)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links take rights on Windows.");
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.OpenAsync(Cancel);
        var target = Path.Combine(folder.Parent, "target");
        if (!dangling)
        {
            await System.IO.File.WriteAllTextAsync(target, "", Cancel);
        }

        var @lock = LockOf(folder, Sid);
        System.IO.File.Delete(@lock);
        System.IO.File.CreateSymbolicLink(@lock, target);
        await RefusedAsync(store.SetAsync(Sid, folder.Record(), Cancel).AsTask(), "a lock in its folder '.locks' is a link");
        Assert.Equal(!dangling, System.IO.File.Exists(target));
        System.IO.File.Delete(@lock);
        await store.SetAsync(Sid, folder.Record(), Cancel);
    }

    [Theory]
    [InlineData("666", "", "everyone may write to a lock")]
    [InlineData("600", Other, "a lock in its folder '.locks' belongs to user 65534")]
    public async Task A_lock_that_others_may_hold_is_refused(string mode, string owner, string says)
    {
        SkipUnlessRoot();
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.SetAsync(Sid, folder.Record(), Cancel);
        Give(LockOf(folder, Sid), mode, owner);
        await RefusedAsync(store.SetAsync(Sid, folder.Record(), Cancel).AsTask(), says);
    }

    [Fact]
    public async Task A_FIFO_in_place_of_a_lock_is_refused_and_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no FIFOs in folders.");
        await using var folder = new TestFolder();
        var store = folder.Store();
        await store.OpenAsync(Cancel);
        System.IO.File.Delete(LockOf(folder, Sid));
        Shell.Run("mkfifo", "-m", "600", LockOf(folder, Sid));
        await RefusedAsync(store.SetAsync(Sid, folder.Record(), Cancel).AsTask(), "is not a file");
    }

    [Theory]
    [InlineData("700", "600", Other, "its file belongs to user 65534")]
    [InlineData("755", "666", "", "everyone may write to its file")]
    [InlineData("755", "660", "", "its group may write to its file")]
    public async Task A_session_file_that_others_may_change_is_an_error_each_time_left_as_it_is_and_out_of_listings(
        string folderMode,
        string mode,
        string owner,
        string says
    )
    {
        SkipUnlessRoot();
        await using var folder = new TestFolder();
        Plant(folder);
        Shell.Run("chmod", folderMode, folder.Path);
        var store = folder.Store();
        await store.SetAsync("neighbour", folder.Record(), Cancel);
        Give(folder.File($"{Sid}.json"), mode, owner);
        for (var i = 0; i < 2; i++)
        {
            await RefusedAsync(store.GetAsync(Sid, Cancel).AsTask(), says);
            await RefusedAsync(store.TouchAsync(Sid, folder.Record(), Cancel).AsTask(), says);
        }

        Assert.Equal(["neighbour.json", $"{Sid}.json"], folder.Names.Order());
        Assert.Equal("neighbour", Assert.Single(await store.AllAsync(Cancel).ToListAsync(Cancel)).Sid);
        Assert.Equal(0, await store.PruneAsync(10, Cancel));

        // A file written again is ours.
        await store.SetAsync(Sid, folder.Record("new"), Cancel);
        Assert.Equal(TestFolder.Payload("new"), (await store.GetAsync(Sid, Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task A_session_file_with_a_second_name_is_refused_until_there_is_one_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The number of names is looked at on Linux.");
        await using var folder = new TestFolder();
        Plant(folder);
        var second = Path.Combine(folder.Parent, "second");
        Shell.Run("ln", folder.File($"{Sid}.json"), second);
        var store = folder.Store();
        await RefusedAsync(store.GetAsync(Sid, Cancel).AsTask(), "its file has 2 names (hard links)");
        System.IO.File.Delete(second);
        Assert.NotNull(await store.GetAsync(Sid, Cancel));
    }

    [Theory]
    [InlineData("666")]
    [InlineData("664")]
    public async Task In_a_folder_that_nobody_else_may_enter_Nodes_files_are_read_whatever_the_umask_left_them(string mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var folder = new TestFolder();
        Plant(folder);
        Shell.Run("chmod", mode, folder.File($"{Sid}.json"));
        Assert.NotNull(await folder.Store().GetAsync(Sid, Cancel));
    }

    [Fact]
    public async Task A_link_in_place_of_the_folder_is_refused_and_one_further_up_is_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links take rights on Windows.");
        await using var folder = new TestFolder();
        Plant(folder);
        var link = Path.Combine(folder.Parent, "link");
        Directory.CreateSymbolicLink(link, folder.Path);
        await RefusedAsync(
            folder.Store(options => options.Path = link).OpenAsync(Cancel).AsTask(),
            "the path is a link",
            "Give the path that it leads to"
        );
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, folder.Parent);
        Assert.NotNull(await folder.Store(options => options.Path = Path.Combine(link, "sessions")).GetAsync(Sid, Cancel));
    }

    private static void SkipUnlessRoot() =>
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Giving a file to another user takes root on Linux."
        );

    private static void Plant(TestFolder folder) =>
        folder.Plant($"{Sid}.json", $$"""{"cookie":{},"value":"a","__lastAccess":{{folder.NowMilliseconds}}}""");

    private static void Give(string path, string mode, string owner)
    {
        Shell.Run("chmod", mode, path);
        if (owner.Length > 0)
        {
            Shell.Run("chown", owner, path);
        }
    }

    private static string LockOf(TestFolder folder, string sid) =>
        folder.File($".locks/{SHA256.HashData(Encoding.UTF8.GetBytes(sid))[0]:x2}");

    private static (string Path, string Name) FanOut(TestFolder folder, string sid)
    {
        var stripe = SHA256.HashData(Encoding.UTF8.GetBytes(sid))[0];
        var name = $"{stripe >> 4:x}/{stripe & 0xf:x}";
        return (folder.File(name), name);
    }

    private static string Mode(string path) =>
        OperatingSystem.IsWindows()
            ? throw new PlatformNotSupportedException()
            : Convert.ToString((int)System.IO.File.GetUnixFileMode(path), 8);

    private static async Task RefusedInFanOutAsync(TestFolder folder, FileSessionStore store, params string[] says)
    {
        await RefusedAsync(store.GetAsync(Sid, Cancel).AsTask(), says);
        await RefusedAsync(store.SetAsync(Sid, folder.Record(), Cancel).AsTask(), says);
        await RefusedAsync(store.DestroyAsync(Sid, Cancel).AsTask(), says);
        await RefusedAsync(store.LengthAsync(Cancel).AsTask(), says);
        await RefusedAsync(store.PruneAsync(10, Cancel).AsTask(), says);
        await RefusedAsync(store.ClearAsync(Cancel).AsTask(), says);
    }

    private static async Task RefusedAsync(Task call, params string[] says)
    {
        var error = await Assert.ThrowsAsync<SessionStoreException>(() => call);
        Assert.False(error.IsTransient);
        Assert.Equal("File", error.Backend);
        Assert.All(says, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(Sid, error.ToString(), StringComparison.Ordinal);
    }
}
