using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Tool.Tests;

/// <summary>The lists of users, as applications keep them: <c>users</c>, <c>--user</c>, and the group users of <c>doctor</c>.</summary>
public sealed class UserTests
{
    private const string Key = "m1ZlyOmn8fRkxD2QwXWq2gIkzzzw8m2kzVWWQZ7aP7o=";

    [Fact]
    public async Task Users_are_found_by_their_lists_and_sessions_that_are_over_do_not_count()
    {
        using var folder = new TestFolder();
        await using var app = await SignInApp.StartAsync(folder.Sqlite());
        await app.SignInAsync("ada", "ada", "bob");
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("unlisted", "\"__login\":{\"handle\":\"1\",\"subject\":\"eve\"}");
        await app.Store.DestroyAsync((await app.KeysAsync()).First(static key => key != "unlisted"));

        var run = await Tool.RunAsync(store.Url, "users");
        var (_, json) = await Tool.JsonAsync(store.Url, "users");
        var (_, scanned) = await Tool.JsonAsync(store.Url, "users", "--scan");

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith(" by 2 lists. --scan reads every session.\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, json.Sum(static user => user.GetProperty("sessions").GetInt32()));
        Assert.Equal(3, scanned.Sum(static user => user.GetProperty("sessions").GetInt32()));
    }

    [Fact]
    public async Task A_session_under_two_keys_is_one_and_a_session_of_another_user_is_none()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        var (early, late) = (TestStore.Now.AddHours(2), TestStore.Now.AddHours(5));
        string Of(string user) => $"\"__login\":{{\"handle\":\"1\",\"subject\":\"{user}\"}}";
        await store.PutAsync("old-id", Of("ada"), early);
        await store.PutAsync("new-id", Of("ada"), early);
        await store.PutAsync("phone", Of("ada"), late);
        await store.PutAsync("tablet", Of("ada"), early);
        await store.PutAsync("of-eve", Of("eve"), late);
        string[][] sessions = [["old-id", "new-id"], ["phone"], ["tablet"], ["of-eve"], ["over"]];
        await store.PutListAsync("ada", sessions);
        await store.PutListAsync("bob", ["of-eve"]);

        var run = await Tool.RunAsync(store.Url, "users");
        var (_, listed) = await Tool.JsonAsync(store.Url, "users");
        var (_, scanned) = await Tool.JsonAsync(store.Url, "users", "--scan");

        var ada = Assert.Single(listed);
        Assert.Equal(("ada", 3), (ada.GetProperty("user").GetString(), ada.GetProperty("sessions").GetInt32()));
        Assert.Equal(late.UtcDateTime, ada.GetProperty("lastExpires").GetDateTime(), TimeSpan.FromMilliseconds(1));
        Assert.Equal(late.UtcDateTime, scanned[0].GetProperty("lastExpires").GetDateTime(), TimeSpan.FromMilliseconds(1));
        Assert.Equal((0, "1 user, by 2 lists. --scan reads every session.\n"), (run.ExitCode, run.Error));
        Assert.Equal(3, run.Lines.Length);
        Assert.Matches("^SESSIONS  UNTIL +USER$", run.Lines[0]);
        Assert.Matches("^       3  in 4 h 59 min +ada$", run.Lines[1]);
    }

    [Fact]
    public async Task Without_lists_every_session_is_read_and_the_tool_says_so()
    {
        using var folder = new TestFolder();
        await using var app = await SignInApp.StartAsync(folder.Sqlite());
        await app.SignInAsync("ada", "bob", "bob");
        await ((IEnumerableSessionStore)app.Lists).ClearAsync();

        var run = await Tool.RunAsync(folder.Sqlite(), "users");
        var (_, users) = await Tool.JsonAsync(folder.Sqlite(), "users");

        Assert.Equal(
            "There are no lists of users, so every session is read.\n2 users; 0 sessions without a user, 0 sealed.\n",
            run.Error
        );
        Assert.Equal(["bob: 2", "ada: 1"], users.Select(static user => $"{user.GetProperty("user")}: {user.GetProperty("sessions")}"));
    }

    [Fact]
    public async Task The_sessions_of_a_user_end_by_the_list_and_a_sign_in_under_way_does_not_survive()
    {
        using var folder = new TestFolder();
        await using var app = await SignInApp.StartAsync(folder.Sqlite());
        await app.SignInAsync("ada", "ada", "bob");
        await using var store = TestStore.Open(folder.Sqlite());

        var (_, listed) = await Tool.JsonAsync(store.Url, "ls", "--user", "ada", "--full-ids");
        var run = await Tool.RunAsync(store.Url, "end", "--user", "ada", "--yes");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(2, run.Lines.Count(static line => line.EndsWith("  ended", StringComparison.Ordinal)));
        var after = await app.Users.ListAsync("ada");
        Assert.Equal((0, false), (after.Sessions.Count, after.IndexWasMissing));
        Assert.Single((await app.Users.ListAsync("bob")).Sessions);

        // A request that has listed its session, and has not stored it yet, finds a tombstone in its place.
        var late = new SessionRecord(Encoding.UTF8.GetBytes(TestStore.Payload()), TestStore.Now.AddDays(1));
        foreach (var one in listed)
        {
            Assert.Equal(
                ConditionalSetResult.Changed,
                await ((IConditionalSessionStore)store.Store).TrySetAsync(one.GetProperty("id").GetString()!, late, null)
            );
        }
    }

    [Fact]
    public async Task Lost_lists_are_a_failure_and_are_rebuilt()
    {
        using var folder = new TestFolder();
        await using var app = await SignInApp.StartAsync(folder.Sqlite());
        await app.SignInAsync("ada", "ada", "bob");
        await ((IEnumerableSessionStore)app.Lists).ClearAsync();

        var lost = await Tool.RunAsync(folder.Sqlite(), "doctor");
        var rebuilt = await Tool.RunAsync(folder.Sqlite(), "users", "--rebuild");
        var (_, users) = await Tool.JsonAsync(folder.Sqlite(), "users");
        var (exitCode, report) = await Tool.JsonAsync(folder.Sqlite(), "doctor");

        Assert.Equal(1, lost.ExitCode);
        Assert.Contains("  × lists              none, though 3 sessions ", lost.Output, StringComparison.Ordinal);
        Assert.Contains("session users --rebuild", lost.Output, StringComparison.Ordinal);
        Assert.Equal((0, "read 3 sessions, 3 of users; added 3 to lists\n"), (rebuilt.ExitCode, rebuilt.Output));
        Assert.Equal(["ada: 2", "bob: 1"], users.Select(static user => $"{user.GetProperty("user")}: {user.GetProperty("sessions")}"));
        Assert.Equal((0, "none of 3"), (exitCode, Found(report[0], "unlisted sessions")));
        Assert.Equal(2, (await app.Users.EndAllAsync("ada")).Ended);
    }

    [Fact]
    public async Task A_session_that_no_list_names_and_one_that_should_have_ended_are_failures()
    {
        using var folder = new TestFolder();
        await using var app = await SignInApp.StartAsync(folder.Sqlite());
        await app.SignInAsync("ada");
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("unlisted", "\"__login\":{\"handle\":\"1\",\"subject\":\"ada\"}");
        await store.PutAsync("left", "\"__login\":{\"handle\":\"2\",\"subject\":\"eve\"}");
        await store.PutListAsync("eve", ["left"], ending: true, TestStore.Now.AddHours(1));

        var (exitCode, report) = await Tool.JsonAsync(store.Url, "doctor");

        Assert.Equal(1, exitCode);
        Assert.Equal("1 of 3", Found(report[0], "unlisted sessions"));
        Assert.Equal("1 to be ended are live", Found(report[0], "ended sessions"));
        Assert.Equal("before that of 1 session", Found(report[0], "expiry of lists"));
        Assert.Equal("2 live, 0 over, which leave at the next look at the list", Found(report[0], "listed sessions"));
    }

    [Fact]
    public async Task Lists_with_a_key_of_their_own_are_read_and_what_no_list_names_is_unknown()
    {
        using var folder = new TestFolder();
        await using var app = await SignInApp.StartAsync(
            folder.Sqlite(),
            users: static users => users.IndexKey = "a key of the lists, long enough"
        );
        await app.SignInAsync("ada");

        var (_, users) = await Tool.JsonAsync(folder.Sqlite(), "users");
        var (exitCode, report) = await Tool.JsonAsync(folder.Sqlite(), "doctor");
        var ended = await Tool.RunAsync(folder.Sqlite(), "end", "--user", "ada");

        Assert.Equal("ada", users.Single().GetProperty("user").GetString());
        Assert.Equal((0, "lists have other names here"), (exitCode, Found(report[0], "unlisted sessions")));
        Assert.Equal(0, ended.ExitCode);
        Assert.StartsWith("There is no list of this user, so every session is read.", ended.Error, StringComparison.Ordinal);
        Assert.Empty(await app.KeysAsync());
    }

    [Fact]
    public async Task Encrypted_sessions_and_lists_are_read_with_the_key_and_named_as_unread_without()
    {
        using var folder = new TestFolder();
        await using var app = await SignInApp.StartAsync(
            folder.Sqlite(),
            static options =>
            {
                options.Protection.Key = Key;
                options.Protection.HashIds = true;
            }
        );
        await app.SignInAsync("ada", "bob");
        await File.WriteAllTextAsync(folder.File("key"), Key + "\n", TestContext.Current.CancellationToken);
        string[] key = ["--protection-key", $"@{folder.File("key")}"];

        var closed = await Tool.RunAsync(folder.Sqlite(), "users");
        var (_, opened) = await Tool.JsonAsync(folder.Sqlite(), ["users", .. key]);
        var (_, sessions) = await Tool.JsonAsync(folder.Sqlite(), ["ls", "--user", "ada", .. key]);
        var session = sessions.Single().GetProperty("session").GetString()!;
        var variables = new Dictionary<string, string?> { ["SESSION_STORE"] = folder.Sqlite(), ["SESSION_PROTECTION_KEY"] = Key };
        var shown = await Tool.RunWithAsync(variables, "", "show", session);
        var values = await Tool.RunAsync(folder.Sqlite(), ["show", session, "--values", .. key]);
        var (exitCode, report) = await Tool.JsonAsync(folder.Sqlite(), ["doctor", .. key]);

        Assert.Contains("warning: 2 encrypted lists could not be looked into.", closed.Error, StringComparison.Ordinal);
        Assert.Equal(["ada", "bob"], opened.Select(static user => user.GetProperty("user").GetString()));
        Assert.Contains("kind:     session, encrypted at rest\nuser:     ada\n", shown.Output, StringComparison.Ordinal);
        Assert.Contains("\n  cart: string, 8 B\n", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a book", shown.Output, StringComparison.Ordinal);
        Assert.Contains("\n  cart: \"a book\"\n", values.Output, StringComparison.Ordinal);
        Assert.Equal((0, "none of 2"), (exitCode, Found(report[0], "unlisted sessions")));

        Assert.Equal(0, (await Tool.RunAsync(folder.Sqlite(), ["end", "--user", "ada", .. key])).ExitCode);
        Assert.Empty((await app.Users.ListAsync("ada")).Sessions);
        Assert.Single((await app.Users.ListAsync("bob")).Sessions);
    }

    [Fact]
    public async Task Sessions_that_Data_Protection_has_encrypted_are_said_to_be_for_the_application_alone()
    {
        using var folder = new TestFolder();
        await using var app = await SignInApp.StartAsync(
            folder.Sqlite(),
            sessions: static builder =>
            {
                builder.EncryptPayloadWithDataProtection();
                builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
            }
        );
        await app.SignInAsync("ada");
        await File.WriteAllTextAsync(folder.File("key"), Key + "\n", TestContext.Current.CancellationToken);
        string[] key = ["--protection-key", $"@{folder.File("key")}"];
        var session = (await app.KeysAsync()).Single();
        const string reason = "Data Protection encrypts here. Only the application can decrypt: look in its dashboard.";

        foreach (var given in (string[][])[[], key])
        {
            var shown = await Tool.RunAsync(folder.Sqlite(), ["show", session, "--values", .. given]);
            Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
            Assert.Contains(
                $"kind:     sealed session: who is signed in, and what it holds, is encrypted. {reason}\n",
                shown.Output,
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("CfDJ8", shown.Output, StringComparison.Ordinal);
            foreach (var command in (string[][])[["users"], ["users", "--scan"], ["users", "--rebuild"], ["ls", "--user", "ada"]])
            {
                var run = await Tool.RunAsync(folder.Sqlite(), [.. command, .. given]);
                Assert.Contains($"could not be looked into. {reason}\n", run.Error, StringComparison.Ordinal);
                Assert.DoesNotContain("--protection-key", run.Error, StringComparison.Ordinal);
            }

            Assert.Contains(reason, (await Tool.RunAsync(folder.Sqlite(), ["doctor", .. given])).Output, StringComparison.Ordinal);
        }

        var (_, json) = await Tool.JsonAsync(folder.Sqlite(), "ls");
        Assert.Equal("dataProtection", json.Single().GetProperty("sealedWith").GetString());
    }

    [Fact]
    public async Task A_session_of_a_former_key_is_said_to_need_it_and_is_read_with_it()
    {
        using var folder = new TestFolder();
        await using var app = await SignInApp.StartAsync(folder.Sqlite(), static options => options.Protection.Key = Key);
        await app.SignInAsync("ada");
        const string current = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        await File.WriteAllTextAsync(folder.File("key"), current + "\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("keys"), $"{current}\n{Key}\n", TestContext.Current.CancellationToken);
        var session = (await app.KeysAsync()).Single();

        var none = await Tool.RunAsync(folder.Sqlite(), "show", session);
        var wrong = await Tool.RunAsync(folder.Sqlite(), "show", session, "--protection-key", $"@{folder.File("key")}");
        var both = await Tool.RunAsync(folder.Sqlite(), "show", session, "--protection-key", $"@{folder.File("keys")}");

        Assert.Contains("is encrypted. Give the key with --protection-key @FILE.\n", none.Output, StringComparison.Ordinal);
        Assert.Contains("No given key opens it. Add former keys to the file", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("kind:     session, encrypted at rest\nuser:     ada\n", both.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m1Zl", "A protection key is the base64 text of 32 bytes")]
    [InlineData(null, "--protection-key takes @FILE")]
    public async Task A_key_that_is_none_is_refused_and_never_shown(string? content, string message)
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("key"), content ?? "", TestContext.Current.CancellationToken);

        var run = await Tool.RunAsync(folder.Sqlite(), "users", "--protection-key", content is null ? Key : $"@{folder.File("key")}");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(content ?? Key, run.Error, StringComparison.Ordinal);
    }

    private static string? Found(JsonElement report, string name) =>
        report
            .GetProperty("checks")
            .EnumerateArray()
            .Single(check => check.GetProperty("name").GetString() == name)
            .GetProperty("found")
            .GetString();
}
