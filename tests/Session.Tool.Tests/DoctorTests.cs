using System.Text.Json;
using Npgsql;

namespace ServerSessions.Tool.Tests;

/// <summary><c>doctor</c> on every backend, sound and hostile.</summary>
public sealed class DoctorTests(SharedPostgres postgres, SharedMySql mySql, SharedMongoOrSubstitute mongo)
{
    [Fact]
    public async Task SQLite_is_sound()
    {
        using var folder = new TestFolder();
        await IsSoundAsync(folder.Sqlite(), "SQLite", ["expiry index", "journal", "write-ahead log", "free disk space"]);
    }

    [Fact]
    public async Task Files_are_sound()
    {
        using var folder = new TestFolder();
        await IsSoundAsync(folder.Files(), "File", ["folder", "files", "file system", "free disk space"]);
    }

    [Fact]
    public async Task Redis_is_sound()
    {
        await using var server = await RedisServer.StartAsync("--appendonly", "yes", "--maxmemory-policy", "noeviction");
        await IsSoundAsync(server.Url + "/0", "Redis", ["server", "server clock", "maxmemory-policy", "evicted keys", "persistence"]);
    }

    [Fact]
    public async Task PostgreSQL_is_sound()
    {
        await using var place = await postgres.NewPlaceAsync();
        var checks = await IsSoundAsync(
            place.Url,
            "PostgreSQL",
            ["server", "primary", "expiry index", "server clock", "time zone", "dead rows"]
        );
        Assert.Equal("public.session with sess of type Json", Found(checks, "table"));
    }

    [Fact]
    public async Task MySQL_is_sound()
    {
        await using var place = await mySql.NewPlaceAsync();
        await IsSoundAsync(place.Url, "MySQL", ["server", "primary", "expiry index", "server clock", "durability"]);
    }

    [Fact]
    public async Task MongoDB_is_sound()
    {
        await using var place = await mongo.NewPlaceAsync();
        await IsSoundAsync(place.ConnectionString, "MongoDB", ["server", "server clock", "TTL index", "write concern"]);
    }

    [Fact]
    public async Task Memory_warns_that_it_ends_with_the_process()
    {
        var (exitCode, report) = await Tool.JsonAsync("memory:", "doctor");

        Assert.Equal((0, 1, 0), (exitCode, report[0].GetProperty("warnings").GetInt32(), report[0].GetProperty("failed").GetInt32()));
        Assert.Equal("sessions are in the memory of one process", Found(Checks(report[0]), "persistence"));
    }

    [Fact]
    public async Task A_server_that_may_evict_sessions_is_warned_about()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "allkeys-lru");

        var run = await Tool.RunAsync(server.Url, "doctor");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("  ‼ maxmemory-policy   allkeys-lru; maxmemory without a limit, used ", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "      expected  noeviction\n      do        With another policy a full server removes live sessions",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "      see       https://github.com/session-stores/session-stores/blob/main/docs/tool.md#safety\n",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_user_of_Redis_that_may_not_ask_is_told_what_to_grant()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("ACL", "SETUSER", "app", "on", ">secret", "~*", "+@all", "-info");

        var (exitCode, report) = await Tool.JsonAsync(
            server.Url.Replace("redis://", "redis://app:secret@", StringComparison.Ordinal),
            "doctor"
        );

        Assert.Equal((0, 1), (exitCode, report[0].GetProperty("unknown").GetInt32()));
        Assert.Equal("the server did not tell them", Found(Checks(report[0]), "server settings"));
    }

    [Fact]
    public async Task A_missing_index_and_expired_rows_are_found_with_the_statement_that_mends_them()
    {
        await using var place = await postgres.NewPlaceAsync();
        await using (var store = TestStore.Open(place.Url))
        {
            await store.PutManyAsync(3);
        }

        await place.ExecuteAsync(
            "DROP INDEX \"IDX_session_expire\"; UPDATE session SET expire = now() - interval '2 hours' WHERE sid <> 'sid-00000'"
        );

        var run = await Tool.RunAsync(place.Url, "doctor");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("  ‼ expiry index       missing\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("CREATE INDEX CONCURRENTLY ON \"public\".\"session\" (expire);", run.Output, StringComparison.Ordinal);
        Assert.Contains("  ‼ expired            2 rows, 2 of them for more than an hour\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(" 0 failed, 0 unknown\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_without_rights_is_told_which_to_grant()
    {
        await using var place = await postgres.NewPlaceAsync();
        await using (var store = TestStore.Open(place.Url))
        {
            await store.PutManyAsync(1);
        }

        var (role, login) = await place.NewRoleAsync();
        await place.ExecuteAsync($"GRANT SELECT ON session TO \"{role}\"");
        var password = new NpgsqlConnectionStringBuilder(login).Password!;

        var run = await Tool.RunAsync(As(place.Url, role, password), "doctor");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(": this role lacks rights\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("      do        GRANT INSERT, UPDATE, DELETE ON", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(password, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_only_transactions_are_a_failure()
    {
        await using var place = await postgres.NewPlaceAsync();
        await using (var store = TestStore.Open(place.Url))
        {
            await store.PutManyAsync(1);
        }

        await place.ExecuteAsync($"ALTER DATABASE \"{place.Name}\" SET default_transaction_read_only = on");

        var (exitCode, report) = await Tool.JsonAsync(place.Url, "doctor");

        Assert.Equal(1, exitCode);
        Assert.Equal("read-only transactions", Found(Checks(report[0]), "primary"));
        Assert.True(report[0].GetProperty("failed").GetInt32() >= 2);
    }

    [Fact]
    public async Task A_missing_table_is_not_created()
    {
        await using var place = await postgres.NewPlaceAsync();

        var (exitCode, report) = await Tool.JsonAsync(place.Url, "doctor");
        await place.ExecuteAsync("CREATE TABLE session (unrelated int)");

        Assert.Equal(3, exitCode);
        Assert.EndsWith(": it does not exist", Found(Checks(report[0]), "open"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_and_a_server_that_is_down_are_told_apart()
    {
        await using var place = await mySql.NewPlaceAsync();
        var at = place.Url.IndexOf('@', StringComparison.Ordinal);
        var wrong = $"mysql://root:wrong-secret{place.Url[at..]}";

        var refused = await Tool.RunAsync(wrong, "doctor");
        var down = await Tool.RunAsync("mysql://root:wrong-secret@127.0.0.1:1/app", "doctor", "--timeout", "2");

        Assert.Equal((3, 3), (refused.ExitCode, down.ExitCode));
        Assert.Contains("  × open", refused.Output, StringComparison.Ordinal);
        Assert.Contains("password", refused.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("  × open", down.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", refused.Output + down.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_examination_writes_nothing()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutManyAsync(1);

        var (_, report) = await Tool.JsonAsync(store.Url, "doctor", "--read-only");

        var names = Checks(report[0]).Select(Name).ToArray();
        Assert.DoesNotContain("writes", names);
        Assert.DoesNotContain("compare-and-set", names);
        Assert.Contains("reads", names);
    }

    [Fact]
    public async Task What_is_no_session_is_found_among_the_content()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("SET", "sess:x", "not json");

        var run = await Tool.RunAsync(server.Url + "/0", "doctor");

        Assert.Contains(
            "  ‼ form               of 1: 0 plain, 0 sealed, 0 tombstones, 1 unreadable\n",
            run.Output,
            StringComparison.Ordinal
        );
    }

    private static async Task<JsonElement[]> IsSoundAsync(string url, string backend, string[] own)
    {
        await using (var store = TestStore.Open(url))
        {
            await store.PutAsync("secret-id-1");
        }

        await using (var app = await SignInApp.StartAsync(url))
        {
            await app.SignInAsync("ada");
        }

        var run = await Tool.RunAsync(url, "doctor");
        var (exitCode, report) = await Tool.JsonAsync(url, "doctor");
        var checks = Checks(report[0]);

        Assert.True((run.ExitCode, exitCode) == (0, 0), run.Output + run.Error);
        Assert.Contains(" 0 failed, 0 unknown\n", run.Output, StringComparison.Ordinal);

        // How fast a busy machine is, and that the servers for tests do not flush, is no fault.
        Assert.DoesNotContain(checks, static check => !Passed(check) && Name(check) is not ("reads" or "writes" or "durability"));
        Assert.Equal("", run.Error);
        Assert.DoesNotContain("secret-id", run.Output, StringComparison.Ordinal);
        Assert.Equal(backend, report[0].GetProperty("backend").GetString());
        string[] common =
        [
            "open",
            "reads",
            "writes",
            "write and read",
            "compare-and-set",
            "touch",
            "destroy",
            "expiry",
            "expired",
            "sessions",
            "lists",
        ];
        Assert.All(common.Concat(own), name => Assert.Contains(checks, check => Name(check) == name));
        Assert.Equal("none of 1", Found(checks, "unlisted sessions"));
        var (_, users) = await Tool.JsonAsync(url, "users");
        Assert.Equal(("ada", 1), (users.Single().GetProperty("user").GetString(), users[0].GetProperty("sessions").GetInt32()));
        await using (var store = TestStore.Open(url))
        {
            Assert.Equal(2, await store.CountAsync());
        }

        return checks;
    }

    private static bool Passed(JsonElement check) => check.GetProperty("outcome").GetString() == "passed";

    private static string? Name(JsonElement check) => check.GetProperty("name").GetString();

    private static JsonElement[] Checks(JsonElement report) => [.. report.GetProperty("checks").EnumerateArray()];

    private static string? Found(JsonElement[] checks, string name) =>
        checks.Single(check => Name(check) == name).GetProperty("found").GetString();

    private static string As(string url, string user, string password) =>
        $"postgres://{user}:{Uri.EscapeDataString(password)}{url[url.IndexOf('@', StringComparison.Ordinal)..]}";
}
