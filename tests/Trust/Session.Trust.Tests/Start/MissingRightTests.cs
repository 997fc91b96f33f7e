using System.Diagnostics;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Start;

/// <summary>
/// Processes that start without the right to create what is missing: each says the same clear thing and leaves nothing half made, and
/// nothing has to be restarted once the right is there (F13).
/// </summary>
public sealed class MissingRightTests(Fleet fleet, ITestOutputHelper output)
{
    private const UnixFileMode ReadOnly =
        UnixFileMode.UserRead
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>The number of the user and of the group that own nothing.</summary>
    private const string Nobody = "65534";

    private static readonly int Processes = Scale.Of(4, 32);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("backend", "postgres")]
    public async Task Without_the_right_to_create_each_process_says_so_and_no_table_is_left_behind()
    {
        var database = await fleet.Places.NewPostgresAsync();
        var (role, connectionString) = await database.NewRoleAsync();
        await database.ExecuteAsync($"REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO {role}");
        var place = new StorePlace("postgres", connectionString);
        await using var starters = await StarterFleet.StartAsync(Processes);

        AssertSame(await starters.GoAsync(place), "it does not exist, and this role may not create it", "CREATE TABLE \"session\"");
        Assert.Empty(await Schema.OfAsync(new StorePlace("postgres", database.ConnectionString)));

        // An administrator does what the message says.
        var store = new StorePlace("postgres", database.ConnectionString).Open();
        await store.GetAsync("any", Cancel);
        await StorePlace.CloseAsync(store);
        await database.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON session TO {role}");
        Assert.All((await starters.GoAsync(place)).Select(static start => start.Answer.Error), Assert.Null);
        await starters.EndAsync();
    }

    [Fact]
    [Trait("backend", "mysql")]
    public async Task Without_the_right_to_create_each_process_says_so_and_no_table_of_MySQL_is_left_behind()
    {
        var database = await fleet.Places.NewMySqlAsync();
        var (user, connectionString) = await database.NewUserAsync();
        var account = $"'{user}'@'%'";
        await database.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON `{database.Name}`.* TO {account}");
        var place = new StorePlace("mysql", connectionString);
        await using var starters = await StarterFleet.StartAsync(Processes);

        AssertSame(
            await starters.GoAsync(place),
            "it does not exist, and this user may not create it",
            "CREATE TABLE IF NOT EXISTS `sessions`"
        );
        Assert.Empty(await Schema.OfAsync(new StorePlace("mysql", database.ConnectionString)));

        // An administrator does what the message says.
        await database.ExecuteAsync($"GRANT CREATE ON `{database.Name}`.* TO {account}");
        Assert.All((await starters.GoAsync(place)).Select(static start => start.Answer.Error), Assert.Null);
        Assert.Equal(Schema.Whole("mysql"), await Schema.OfAsync(new StorePlace("mysql", database.ConnectionString)));
        await starters.EndAsync();
    }

    [Theory]
    [InlineData("sqlite", "sessions.db")]
    [InlineData("file", "sessions")]
    public async Task Where_the_folder_may_not_be_written_each_process_says_so_and_nothing_is_left_behind(string backend, string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");

        // Modes do not bind root: the processes are someone else then, to whom the folder does not belong.
        var user = Environment.IsPrivilegedProcess ? Nobody : null;
        Assert.SkipWhen(user is not null && !await CanRunAsync(user), "A user who is not root cannot run the program in its folder.");
        var parent = Directory.CreateTempSubdirectory("session-right-").FullName;
        try
        {
            SetMode(parent, ReadOnly);
            var place = new StorePlace(backend, Path.Combine(parent, name));
            await using var starters = await StarterFleet.StartAsync(Processes, user);

            AssertSame(await starters.GoAsync(place), parent);
            Assert.Empty(Directory.EnumerateFileSystemEntries(parent));

            // An administrator gives the folder to the user of the processes: one that everyone may write is refused.
            SetMode(parent, ReadOnly | UnixFileMode.UserWrite);
            if (user is not null)
            {
                await GiveAsync(parent, user);
            }

            Assert.All((await starters.GoAsync(place)).Select(static start => start.Answer.Error), Assert.Null);
            Assert.Equal(Schema.Whole(backend), await Schema.OfAsync(place));
            await starters.EndAsync();
        }
        finally
        {
            SetMode(parent, ReadOnly | UnixFileMode.UserWrite);
            Directory.Delete(parent, recursive: true);
        }
    }

    private void AssertSame(IReadOnlyList<Started> started, params string[] says)
    {
        var error = Assert.Single(started.Select(static start => start.Answer.Error).Distinct());
        Assert.NotNull(error);
        Assert.StartsWith(nameof(SessionStoreException) + ": ", error, StringComparison.Ordinal);
        Assert.All(says, text => Assert.Contains(text, error, StringComparison.Ordinal));
        output.WriteLine(
            $"{started.Count} processes, each after {started.Max(static start => start.Answer.Took.TotalMilliseconds):0} ms at most: "
                + $"{error}"
        );
    }

    private static async Task GiveAsync(string path, string user)
    {
        using var process = Process.Start("chown", [user, path]);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static async Task<bool> CanRunAsync(string user)
    {
        string[] command = [.. HostProgram.As(user), "test", "-r", HostProgram.File];
        using var process = Process.Start(command[0], command[1..]);
        await process.WaitForExitAsync(Cancel);
        return process.ExitCode == 0;
    }
}
