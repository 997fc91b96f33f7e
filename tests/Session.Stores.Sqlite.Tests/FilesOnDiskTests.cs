using System.Diagnostics;

namespace ServerSessions.Stores.Sqlite.Tests;

/// <summary>
/// What is made for whom, and what others could have put there or could change is refused, each time with what to do (S5).
/// </summary>
public sealed class FilesOnDiskTests
{
    private const string Other = "65534";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{0}")]
    [InlineData("Data Source={0}")]
    [InlineData("file:{0}")]
    [InlineData("file://{0}")]
    [InlineData("file://localhost{0}?mode=rwc#fragment")]
    [InlineData("file:{0}?mode=rwc")]
    [InlineData("file:{0}?mode=rw&m%6fde=rwc&psow=1")]
    [InlineData("FILE:{0}")]
    [InlineData("Data Source=File://{0}?mode=rwc")]
    [InlineData("file:%2f{0}")]
    [InlineData("Data Source=file:{0}?psow=1")]
    public async Task A_new_file_and_those_beside_it_are_their_owners_alone_however_the_path_is_written(string connectionString)
    {
        SkipOnWindows();
        await using var database = new TestDatabase();
        var store = database.Store(options => options.ConnectionString = string.Format(null, connectionString, database.File));
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
        var files = Directory.GetFiles(database.Folder);
        Assert.Equal(["sessions.db", "sessions.db-shm", "sessions.db-wal"], files.Select(Path.GetFileName).Order());
        Assert.All(files, file => Assert.Equal("600", Mode(file)));
    }

    [Theory]
    [InlineData("file:{0}?mode=rw")]
    [InlineData("file:{0}?mode=rwc&mode=rw")]
    [InlineData("Data Source=file:{0}?mode=rwc;Mode=ReadWrite")]
    [InlineData("Data Source={0};Mode=ReadWrite")]
    public async Task A_mode_that_makes_no_file_makes_none_and_uses_one_that_is_there(string connectionString)
    {
        await using var database = new TestDatabase();
        var store = database.Store(options => options.ConnectionString = string.Format(null, connectionString, database.File));
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync("a", database.Record(), Cancel));
        Assert.Contains("the file does not exist", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(database.Folder));

        database.Execute("CREATE TABLE other (x)");
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.NotNull(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task A_file_in_the_applications_DataDirectory_is_its_owners_alone()
    {
        SkipOnWindows();
        await using var database = new TestDatabase();
        var process = CrashWriter.Start("data", database.Folder, "sessions.db");
        try
        {
            Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(Cancel));
            Assert.All(["sessions.db", "sessions.db-shm", "sessions.db-wal", "macro.db"], name =>
                Assert.Equal("600", Mode(Path.Combine(database.Folder, name)))
            );
        }
        finally
        {
            CrashWriter.End(process);
        }
    }

    [Theory]
    [InlineData("644", 1)]
    [InlineData("640", 1)]
    [InlineData("600", 0)]
    public async Task A_file_that_others_can_read_is_used_with_a_warning(string mode, int warnings)
    {
        SkipOnWindows();
        await using var database = new TestDatabase();
        database.Execute("CREATE TABLE other (x)");
        Run("chmod", mode, database.File);
        var logger = new SignallingLogger();
        var store = database.Store(logger: logger);
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.Equal(warnings, logger.Count("FileOpenToOthers"));
        Assert.Equal(warnings, logger.Messages.Count(message => message.Contains($"mode {mode}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("", "666", "", "everyone may write to it")]
    [InlineData("", "660", "", "its group may write to it")]
    [InlineData("", "600", Other, "it belongs to user 65534")]
    [InlineData("-wal", "666", "", "everyone may write to the file beside it that ends in '-wal'")]
    [InlineData("-shm", "600", Other, "the file beside it that ends in '-shm' belongs to user 65534")]
    [InlineData("-journal", "620", "", "its group may write to the file beside it that ends in '-journal'")]
    [InlineData("/", "777", "", "everyone may write to its folder")]
    [InlineData("/", "1777", "", "give a path in a folder of the application")]
    [InlineData("/", "770", "", "its group may write to its folder")]
    [InlineData(
        "/",
        "755",
        Other,
        "its folder belongs to user 65534, who can change every session, and the process runs as user 0. Run the process as that "
            + "user, run 'chown -R 0' on it, or set AllowGroupAccess"
    )]
    public async Task What_others_may_change_is_refused_and_left_as_it_is_until_it_is_mended(
        string which,
        string mode,
        string owner,
        string says
    )
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Giving a file to another user takes root on Linux."
        );
        await using var database = new TestDatabase();
        database.Execute("CREATE TABLE other (x)");
        var path = which == "/" ? database.Folder : database.File + which;
        if (!Path.Exists(path))
        {
            await File.WriteAllTextAsync(path, "", Cancel);
        }

        var before = await File.ReadAllBytesAsync(database.File, Cancel);
        Run("chmod", mode, path);
        Run("chown", owner.Length > 0 ? owner : "0", path);
        foreach (var connectionString in new[] { database.File, $"file:{database.File}" })
        {
            var store = database.Store(options => options.ConnectionString = connectionString);
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.SetAsync("a", database.Record(), Cancel));
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.False(error.IsTransient);
            Assert.Equal(before, await File.ReadAllBytesAsync(database.File, Cancel));
        }

        Run("chown", "0", path);
        Run("chmod", which == "/" ? "755" : "600", path);
        await database.Store().SetAsync("a", database.Record(), Cancel);
    }

    [Fact]
    public async Task A_group_that_is_meant_to_share_may_write_the_folder_and_all_that_the_store_makes_and_everyone_may_not()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Giving a file to another user takes root on Linux."
        );
        await using var database = new TestDatabase();
        Run("chown", $"{Other}:{Other}", database.Folder);
        Run("chmod", "2770", database.Folder);
        var store = database.Store(options => options.AllowGroupAccess = true);
        await store.SetAsync("a", database.Record(), Cancel);
        Assert.All(Directory.GetFiles(database.Folder), file => Assert.Equal("660", Mode(file)));
        Run(
            "setpriv",
            "--reuid=1",
            $"--regid={Other}",
            "--clear-groups",
            "sh",
            "-c",
            "cat \"$1\" && echo >> \"$1.new\"",
            "sh",
            database.File
        );
        await store.DisposeAsync();

        Run("chown", "1", database.File);
        await database.Store(options => options.AllowGroupAccess = true).SetAsync("a", database.Record(), Cancel);
        Run("chmod", "662", database.File);
        var refused = database.Store(options => options.AllowGroupAccess = true);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await refused.OpenAsync(Cancel));
        Assert.Contains("everyone may write to it", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("-wal", true)]
    [InlineData("-shm", true)]
    [InlineData("-journal", false)]
    public async Task A_link_in_place_of_a_file_is_refused_and_nothing_is_made_where_it_leads(string which, bool dangling)
    {
        SkipOnWindows();
        await using var database = new TestDatabase();
        var target = Path.Combine(database.Folder, "target");
        if (!dangling)
        {
            await File.WriteAllTextAsync(target, "", Cancel);
        }

        File.CreateSymbolicLink(database.File + which, target);
        foreach (var connectionString in new[] { database.File, $"file:{database.File}" })
        {
            var store = database.Store(options => options.ConnectionString = connectionString);
            var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
            Assert.Contains("is a link", error.Message, StringComparison.Ordinal);
            Assert.Equal(!dangling, File.Exists(target));
        }
    }

    [Fact]
    public async Task A_link_further_up_in_the_path_is_followed()
    {
        SkipOnWindows();
        await using var database = new TestDatabase();
        var folder = Path.Combine(database.Folder, "real");
        Directory.CreateDirectory(folder);
        Run("chmod", "700", folder);
        Directory.CreateSymbolicLink(Path.Combine(database.Folder, "link"), folder);
        await database
            .Store(options => options.ConnectionString = Path.Combine(database.Folder, "link", "x.db"))
            .SetAsync("a", database.Record(), Cancel);
        Assert.Equal("600", Mode(Path.Combine(folder, "x.db")));
    }

    [Fact]
    public async Task A_database_with_a_second_name_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The number of names is looked at on Linux.");
        await using var database = new TestDatabase();
        database.Execute("CREATE TABLE other (x)");
        Run("ln", database.File, database.File + ".second");
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await database.Store().OpenAsync(Cancel));
        Assert.Contains("it has 2 names (hard links)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_FIFO_in_place_of_the_file_is_refused_and_not_waited_for()
    {
        SkipOnWindows();
        await using var database = new TestDatabase();
        Run("mkfifo", "-m", "600", database.File);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await database.Store().OpenAsync(Cancel));
        Assert.Contains("it is not a regular file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "CREATE TABLE sessions (sid PRIMARY KEY, expired, sess); CREATE TABLE log (x); CREATE TRIGGER Spy AFTER INSERT ON Sessions "
            + "BEGIN INSERT INTO log VALUES (NEW.sess); END",
        "has triggers (Spy)"
    )]
    [InlineData(
        "CREATE VIEW sessions AS SELECT 1 AS sid, 2 AS expired, 3 AS sess; CREATE TRIGGER Spy INSTEAD OF INSERT ON sessions BEGIN "
            + "SELECT 1; END",
        "is of the type 'view'"
    )]
    [InlineData("CREATE VIRTUAL TABLE sessions USING fts5(sid, expired, sess)", "is of the type 'virtual'")]
    public async Task What_would_run_with_each_session_in_its_hands_is_refused_and_the_file_left_as_it_is(string planted, string says)
    {
        await using var database = new TestDatabase();
        database.Execute(planted);
        var before = await File.ReadAllBytesAsync(database.File, Cancel);
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () =>
            await database.Store().SetAsync("a", database.Record(), Cancel)
        );
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Equal(before, await File.ReadAllBytesAsync(database.File, Cancel));
    }

    [Theory]
    [InlineData("{0}\n")]
    [InlineData("{0}\r\n")]
    [InlineData("Data Source={0}\n")]
    [InlineData("Data Source=\"{0}\n\"")]
    [InlineData("file:{0}\n")]
    public async Task A_line_break_at_the_end_is_no_part_of_the_name(string connectionString)
    {
        await using var database = new TestDatabase();
        await database
            .Store(options => options.ConnectionString = string.Format(null, connectionString, database.File))
            .SetAsync("a", database.Record(), Cancel);
        Assert.Equal(1L, database.Query("SELECT count(*) FROM sessions"));
        Assert.DoesNotContain(Directory.GetFiles(database.Folder), static file => file.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_password_that_this_SQLite_cannot_use_is_an_error_that_leaves_no_file()
    {
        await using var database = new TestDatabase();
        var store = database.Store(options => options.ConnectionString = $"Data Source={database.File};Password=S3CRETcanary");
        var error = await Assert.ThrowsAsync<SessionStoreException>(async () => await store.OpenAsync(Cancel));
        Assert.Contains("this SQLite cannot encrypt", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("S3CRET", error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Directory.GetFiles(database.Folder));
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");

    private static string Mode(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} failed.");
    }
}
