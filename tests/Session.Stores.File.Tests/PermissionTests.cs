namespace ServerSessions.Stores.File.Tests;

public sealed class PermissionTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Everything_that_is_made_is_its_owners_alone(bool fanOut)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var folder = new TestFolder();
        var store = folder.Store(options => options.FanOut = fanOut);
        await store.SetAsync("a", folder.Record(), Cancel);
        await store.SetAsync("hashed id", folder.Record(), Cancel);
        await store.TouchAsync("a", folder.Record(), Cancel);
        AssertPrivate(folder.Path);
    }

    [Fact]
    public async Task Even_where_the_umask_takes_nothing_away()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var folder = new TestFolder();
        var path = Path.Combine(folder.Parent, "missing", "sessions");
        await CrashWriter.RunAsync("umask 0", "store", path);
        AssertPrivate(Path.Combine(folder.Parent, "missing"));
        Assert.True(System.IO.File.Exists(Path.Combine(path, "count.json")));
    }

    [Fact]
    public async Task A_file_that_Node_made_readable_for_all_is_its_owners_alone_after_the_next_write()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var folder = new TestFolder();
        folder.Plant("a.json", $$"""{"cookie":{},"__lastAccess":{{folder.NowMilliseconds}}}""");
        Chmod("644", folder.File("a.json"));
        Assert.True(await folder.Store().TouchAsync("a", folder.Record(), Cancel));
        AssertPrivate(folder.Path);
    }

    [Theory]
    [InlineData("777")]
    [InlineData("1777")]
    [InlineData("702")]
    public async Task A_folder_that_everyone_may_write_to_is_refused_until_that_is_mended(string mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var folder = new TestFolder();
        folder.Plant("a.json", $$"""{"cookie":{},"__lastAccess":{{folder.NowMilliseconds}}}""");
        Chmod(mode, folder.Path);
        var store = folder.Store();
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.GetAsync("a", Cancel));
        Assert.Contains("everyone may write", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Chmod("700", folder.Path);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Theory]
    [InlineData("755", 1)]
    [InlineData("750", 1)]
    [InlineData("711", 1)]
    [InlineData("700", 0)]
    public async Task A_folder_that_others_can_read_is_used_with_a_warning(string mode, int warnings)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var folder = new TestFolder();
        folder.Plant("x", "");
        Chmod(mode, folder.Path);
        var logger = new SignallingLogger();
        var store = folder.Store(logger: logger);
        await store.SetAsync("a", folder.Record(), Cancel);
        await store.SetAsync("b", folder.Record(), Cancel);
        Assert.Equal(warnings, logger.Count("FolderOpenToOthers"));
        Assert.Equal(warnings, logger.Messages.Count(message => message.Contains($"mode {mode}", StringComparison.Ordinal)));
    }

    private static void Chmod(string mode, string path) => Shell.Run("chmod", mode, path);

    private static void AssertPrivate(string path)
    {
        Assert.Equal(OwnerOnlyFolder, ModeOf(path));
        Assert.All(Directory.GetDirectories(path, "*", SearchOption.AllDirectories), folder =>
            Assert.Equal(OwnerOnlyFolder, ModeOf(folder))
        );
        var files = Directory.GetFiles(path, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(OwnerOnly, ModeOf(file)));
    }

    private static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : System.IO.File.GetUnixFileMode(path);
}
