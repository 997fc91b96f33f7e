using System.Text;

namespace ServerSessions.Tool.Tests;

/// <summary><c>ls</c>, <c>show</c>, <c>count</c> and <c>users</c>.</summary>
public sealed class ListTests
{
    private const string Login =
        """
        "__login":{"handle":"h-1","subject":"ada","signedInAt":"2026-11-30T10:00:00+00:00","label":"Firefox on Windows"}
        """;

    [Fact]
    public async Task A_listing_names_sessions_by_fingerprints_and_no_id()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("secret-id-of-ada", Login);
        await store.PutAsync("secret-id-of-none");

        var run = await Tool.RunAsync(store.Url, "ls");

        Assert.Equal((0, "2 sessions.\n"), (run.ExitCode, run.Error));
        var size = Encoding.UTF8.GetByteCount(TestStore.Payload(Login));
        Assert.Equal("SESSION   KIND        EXPIRES              SIZE  USER", run.Lines[0]);
        Assert.Contains(
            $"{Sid.Fingerprint("secret-id-of-ada")}  session     in 6 d 23 h{size,12} B  ada\n",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("secret-id", run.Output, StringComparison.Ordinal);
        Assert.All(run.Lines, static line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task A_listing_shows_ids_as_the_store_has_them_if_asked_and_stops_at_a_limit()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Files());
        await store.PutManyAsync(5);

        var (exitCode, all) = await Tool.JsonAsync(store.Url, "ls", "--full-ids");
        var (_, some) = await Tool.JsonAsync(store.Url, "ls", "--limit", "2");

        Assert.Equal((0, 5, 2), (exitCode, all.Length, some.Length));
        Assert.Equal(
            "sid-00003",
            all.Single(static one => one.GetProperty("session").GetString() == Sid.Fingerprint("sid-00003")).GetProperty("id").GetString()
        );
        Assert.All(some, static one => Assert.False(one.TryGetProperty("id", out _)));
        Assert.All(all, static one => Assert.InRange(one.GetProperty("expiresIn").GetDouble(), 6.9 * 86_400, 7 * 86_400));
    }

    [Fact]
    public async Task A_listing_tells_sealed_sessions_and_tombstones_from_others()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("plain");
        await store.PutAsync("sealed", "\"sealed\":\"v1.abc\"");
        await store.PutAsync("renewed", "\"__moved\":\"v1.abc\"");

        var (_, sessions) = await Tool.JsonAsync(store.Url, "ls", "--full-ids");

        Assert.Equal(
            ["plain: session", "renewed: tombstone", "sealed: sealed"],
            sessions.Select(static one => $"{one.GetProperty("id")}: {one.GetProperty("kind")}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_session_is_shown_by_the_beginning_of_its_fingerprint_and_its_values_only_if_asked()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("one", $"{Login},\"cart\":[\"book\"]");
        var digits = Sid.Fingerprint("one")[..6];

        var run = await Tool.RunAsync(store.Url, "show", digits);
        var values = await Tool.RunAsync(store.Url, "show", digits, "--values");
        var (_, json) = await Tool.JsonAsync(store.Url, "show", "one", "--values");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "user:     ada\nhandle:   h-1\ndevice:   Firefox on Windows\nexpires:  in 6 d 23 h (",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("\n  cart: array, 8 B\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("book", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  cart: [\"book\"]\n", values.Output, StringComparison.Ordinal);
        Assert.Equal("book", json[0].GetProperty("keys").EnumerateArray().Last().GetProperty("value")[0].GetString());
    }

    [Fact]
    public async Task An_ambiguous_beginning_and_an_unknown_one_are_told_apart()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        var (one, other) = AlikeInSixDigits();
        await store.PutAsync(one);
        await store.PutAsync(other);
        var digits = Sid.Fingerprint(one)[..6];

        var ambiguous = await Tool.RunAsync(store.Url, "show", digits);
        var unknown = await Tool.RunAsync(store.Url, "show", "zzzzzz");

        Assert.Equal((1, ""), (ambiguous.ExitCode, ambiguous.Output));
        Assert.Equal($"error: 2 sessions begin with '{digits}'. Write more digits.\n", ambiguous.Error);
        Assert.Equal(1, unknown.ExitCode);
        Assert.StartsWith("error: There is no session of that id.", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_are_counted_as_a_number_alone()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutManyAsync(12);

        var run = await Tool.RunAsync(store.Url, "count");
        var (_, json) = await Tool.JsonAsync(store.Url, "count");

        Assert.Equal((0, "12\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(12, json[0].GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Users_without_lists_are_found_by_reading_every_session()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("a", Login);
        await store.PutAsync("b", Login);
        await store.PutAsync("c", Login.Replace("ada", "bob", StringComparison.Ordinal));
        await store.PutAsync("d");

        var run = await Tool.RunAsync(store.Url, "users", "--scan");
        var (_, json) = await Tool.JsonAsync(store.Url, "users");
        var unlisted = await Tool.RunAsync(store.Url, "users");

        Assert.Equal((0, "2 users; 1 session without a user, 0 sealed.\n"), (run.ExitCode, run.Error));
        Assert.Equal(run.Output, unlisted.Output);
        Assert.StartsWith(
            "There are no lists of users, so every session is read. Could not use the SQLite database",
            unlisted.Error,
            StringComparison.Ordinal
        );
        Assert.EndsWith(run.Error, unlisted.Error, StringComparison.Ordinal);
        Assert.EndsWith("  ada\n", run.Output.Split('\n')[1] + "\n", StringComparison.Ordinal);
        Assert.Equal(["ada: 2", "bob: 1"], json.Select(static user => $"{user.GetProperty("user")}: {user.GetProperty("sessions")}"));
    }

    [Fact]
    public async Task Control_characters_of_a_session_reach_no_terminal()
    {
        using var folder = new TestFolder();
        await using var store = TestStore.Open(folder.Sqlite());
        await store.PutAsync("one", "\"__login\":{\"handle\":\"h\",\"subject\":\"\\u001b[31mred\"},\"\\u001b]0;title\":1");

        var list = await Tool.RunAsync(store.Url, "ls");
        var show = await Tool.RunAsync(store.Url, "show", Sid.Fingerprint("one"), "--values");

        Assert.Contains(@"\u001b[31mred", list.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', list.Output + show.Output);
    }

    private static (string One, string Other) AlikeInSixDigits()
    {
        var seen = new Dictionary<string, string>();
        for (var number = 0; ; number++)
        {
            var sid = $"sid-{number}";
            if (!seen.TryAdd(Sid.Fingerprint(sid)[..6], sid))
            {
                return (seen[Sid.Fingerprint(sid)[..6]], sid);
            }
        }
    }
}
