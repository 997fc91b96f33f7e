using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using MySqlConnector;
using Npgsql;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// Backends that are full, as users see them: an error before anything is sent, and well again once there is room (F04, F10).
/// </summary>
public sealed class FullBackendTests(ITestOutputHelper output)
{
    // Five seconds, and what a machine needs that runs other tests.
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(30);

    // Sixty times as many as the server has room for.
    private const int AtMostFilled = 20_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_Redis_refuses_logins_and_serves_those_who_are_logged_in()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "noeviction");
        var store = new StorePlace("redis", server.ConnectionString, "sess:").Open();
        await using var host = await TrustHost.StartAsync(store);
        var cookie = (await host.Client.SendAsync("/login", value: LeakCollector.Payload)).TheCookie;
        var other = (await host.Client.SendAsync("/login", value: LeakCollector.Payload)).TheCookie;
        await server.CommandAsync("CONFIG", "SET", "maxmemory", "1000");

        foreach (var (path, sent) in new (string, string?)[] { ("/login", null), ("/set", null), ("/set", cookie) })
        {
            var refused = await host.Client.SendAsync(path, sent, "key", LeakCollector.Payload);
            Assert.True(refused.Status >= 500, $"{path}: {refused.Status}");
            Assert.Null(refused.Cookie);
        }

        Assert.Equal(LeakCollector.Payload, (await host.Client.SendAsync("/get", cookie, TrustEndpoints.Owner)).Body);
        Assert.Equal(200, (await host.Client.SendAsync("/logout", other)).Status);
        Assert.Equal(TrustEndpoints.None, (await host.Client.SendAsync("/get", other, TrustEndpoints.Owner)).Body);
        Assert.Equal(200, (await host.Client.SendAsync("/anonymous")).Status);

        await server.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        Assert.Equal(200, (await host.Client.SendAsync("/set", cookie, "key", LeakCollector.Payload)).Status);
        await StorePlace.CloseAsync(store);
    }

    [Fact]
    public async Task A_session_that_Redis_evicted_is_no_session_and_no_error()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "allkeys-lru");
        var used = (await server.CommandAsync("INFO", "memory")).Split("used_memory:")[1].Split('\r')[0];
        await server.CommandAsync(
            "CONFIG",
            "SET",
            "maxmemory",
            (long.Parse(used, CultureInfo.InvariantCulture) + 3_000_000).ToString(CultureInfo.InvariantCulture)
        );
        var store = new StorePlace("redis", server.ConnectionString, "sess:").Open();
        await using var host = await TrustHost.StartAsync(store);
        var evicted = (await host.Client.SendAsync("/login", value: LeakCollector.Payload)).TheCookie;
        var filled = 0;
        do
        {
            // Which key goes is chance: the oldest of a few that the server looks at, and it counts age in seconds. Asking with EXISTS
            // leaves the age as it is.
            Assert.True(filled < AtMostFilled, $"Not evicted by {filled} others.");
            for (var i = 0; i < 100; i++, filled++)
            {
                Assert.Equal(
                    200,
                    (await host.Client.SendAsync("/set", key: "filling", value: LeakCollector.Payload + new string('x', 10_000))).Status
                );
            }
        } while (await server.CommandAsync("EXISTS", "sess:" + Answer.SidOf(evicted)) == "1");

        output.WriteLine($"evicted by {filled} others");
        Assert.Null(await store.GetAsync(Answer.SidOf(evicted), Cancel));
        var read = await host.Client.SendAsync("/get", evicted, TrustEndpoints.Owner);
        Assert.Equal((200, TrustEndpoints.None, null), (read.Status, read.Body, read.Cookie));
        var written = await host.Client.SendAsync("/login", evicted, value: LeakCollector.Payload);
        Assert.Equal(200, written.Status);
        Assert.NotEqual(evicted, written.TheCookie);
        await StorePlace.CloseAsync(store);
    }

    [Fact]
    public async Task A_Redis_that_takes_no_more_connections_is_an_error_and_used_once_it_does()
    {
        await using var server = await RedisServer.StartAsync("--maxclients", "20");
        await RefusedAndThenServedAsync(
            new StorePlace("redis", server.ConnectionString, "sess:", TimeSpan.FromSeconds(2)),
            () => Task.FromResult<IDisposable>(new TcpClient("127.0.0.1", server.Process.Port)),
            count: 20
        );
    }

    [Fact]
    public async Task A_PostgreSQL_that_takes_no_more_connections_is_an_error_and_used_once_it_does()
    {
        await using var server = await PostgresServer.StartAsync("max_connections=20");
        await RefusedAndThenServedAsync(
            new StorePlace("postgres", server.ConnectionString, Timeout: TimeSpan.FromSeconds(2)),
            async () =>
            {
                var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
                await connection.OpenAsync(Cancel);
                return connection;
            },
            count: 20
        );
    }

    [Fact]
    public async Task A_MySQL_that_takes_no_more_connections_is_an_error_and_used_once_it_does()
    {
        await using var server = await MariaDbServer.StartAsync("--max-connections=20");
        await using var database = await server.NewDatabaseAsync();
        var (user, connectionString) = await database.NewUserAsync();
        await database.ExecuteAsync($"GRANT ALL ON `{database.Name}`.* TO '{user}'@'%'");

        // A user without the right to the one connection more that the server keeps for its administrator.
        await RefusedAndThenServedAsync(
            new StorePlace("mysql", connectionString, Timeout: TimeSpan.FromSeconds(2)),
            async () =>
            {
                var connection = new MySqlConnection(connectionString + ";Pooling=false");
                await connection.OpenAsync(Cancel);
                return connection;
            },
            count: 20
        );
    }

    [Theory]
    [InlineData("file", false)]
    [InlineData("sqlite", false)]
    [InlineData("file", true)]
    [InlineData("sqlite", true)]
    public async Task A_full_disk_is_an_error_for_who_writes_and_over_once_there_is_room(string backend, bool first)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounting a small disk takes root on Linux.");
        var disk = Directory.CreateTempSubdirectory("session-disk-").FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", disk), "tmpfs cannot be mounted here.");
        try
        {
            var filling = Path.Combine(disk, "filling");
            if (first)
            {
                // Full before the first session: nothing can be opened or made.
                Fill(filling);
            }

            var store = new StorePlace(backend, Path.Combine(disk, "sessions")).Open();
            await using var host = await TrustHost.StartAsync(store);
            var value = LeakCollector.Payload + new string('x', 8000);
            var login = await host.Client.SendAsync("/login", value: LeakCollector.Payload);
            Assert.True(first ? login.Status >= 500 && login.Cookie is null : login.Status == 200, $"{login.Status}");
            if (!first)
            {
                Fill(filling);
            }

            // What room the backend had kept for itself is used up by some of these.
            var refused = 0;
            for (var i = 0; i < 200 && refused < 5; i++)
            {
                var answer = await host.Client.SendAsync("/set", login.Cookie, $"k{i}", value);
                Assert.True(answer.Status is 200 or >= 500, $"{answer.Status}");
                Assert.True(answer.Status == 200 || answer.Cookie is null);
                refused += answer.Status >= 500 ? 1 : 0;
            }

            Assert.Equal(5, refused);
            Assert.Equal(200, (await host.Client.SendAsync("/anonymous")).Status);
            if (login.Cookie is not null)
            {
                var read = await host.Client.SendAsync("/get", login.Cookie, TrustEndpoints.Owner);
                output.WriteLine($"{backend}: a read on a full disk gets {read.Status}");
                Assert.True(read.Status >= 500 || read.Body == LeakCollector.Payload, $"{read.Status}");
                Assert.NotNull(await store.GetAsync(Answer.SidOf(login.Cookie), Cancel));
            }

            File.Delete(filling);
            var cookie = login.Cookie ?? (await host.Client.SendAsync("/login", value: LeakCollector.Payload)).TheCookie;
            Assert.Equal(200, (await host.Client.SendAsync("/set", cookie, "key", value)).Status);
            Assert.Equal(LeakCollector.Payload, (await host.Client.SendAsync("/get", cookie, TrustEndpoints.Owner)).Body);
            await host.DisposeAsync();
            await StorePlace.CloseAsync(store);
        }
        finally
        {
            Run("umount", "--lazy", disk);
            Directory.Delete(disk);
        }
    }

    private static async Task RefusedAndThenServedAsync(StorePlace place, Func<Task<IDisposable>> connectAsync, int count)
    {
        var others = new List<IDisposable>();
        for (var i = 0; i < count; i++)
        {
            others.Add(await connectAsync());
        }

        var store = place.Open();
        await using var host = await TrustHost.StartAsync(store);
        for (var i = 0; i < 3; i++)
        {
            var refused = await host.Client.SendAsync("/login", value: LeakCollector.Payload);
            Assert.Equal((503, null), (refused.Status, refused.Cookie));
            Assert.Equal(200, (await host.Client.SendAsync("/anonymous")).Status);
        }

        others.ForEach(static other => other.Dispose());
        var since = Stopwatch.StartNew();
        Answer answer;
        while ((answer = await host.Client.SendAsync("/login", value: LeakCollector.Payload)).Status != 200)
        {
            Assert.True(since.Elapsed < AtMost, $"{answer.Status} after {since.Elapsed}.");
        }

        Assert.Equal(LeakCollector.Payload, (await host.Client.SendAsync("/get", answer.TheCookie, TrustEndpoints.Owner)).Body);
        await StorePlace.CloseAsync(store);
    }

    private static void Fill(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                stream.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Not a byte more.
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
