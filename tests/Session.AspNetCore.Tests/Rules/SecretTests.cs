using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Tests.Rules;

/// <summary>A cookie signed with any secret that is listed is accepted, so each of them has to be one.</summary>
public sealed class SecretTests
{
    private const string Remedy = "openssl rand -base64 32";

    private static readonly string Repeated = new('a', 44);

    public static TheoryData<string, string, string> Bad =>
        new()
        {
            { "cat", "", "ShortSecret" },
            { TestApp.Secret, "cat", "ShortSecret" },
            { TestApp.Secret, TestApp.Secret + "|cat", "ShortSecret" },
            { Repeated, "", "GuessableSecret" },
            { TestApp.Secret, Repeated, "GuessableSecret" },
            { "keyboard cat", "", "GuessableSecret" },
            { TestApp.Secret, "Keyboard Cat", "GuessableSecret" },
            { "keyboard cat keyboard cat keyboard cat", "", "GuessableSecret" },
            { "keyboardcatkeyboardcatkeyboardcatkeyboardcat", "", "GuessableSecret" },
            { "                                        ", "", "GuessableSecret" },
            { TestApp.Secret, TestApp.Secret, "RepeatedSecret" },
            { TestApp.Secret, "the former secret of the tests, long enough|the former secret of the tests, long enough", "RepeatedSecret" },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Each_is_warned_about_and_refused_in_strict_mode_without_being_shown(string secret, string previous, string eventName)
    {
        void Configure(ServerSessionOptions options)
        {
            options.Secret = secret;
            foreach (var one in previous.Split('|', StringSplitOptions.RemoveEmptyEntries))
            {
                options.PreviousSecrets.Add(one);
            }
        }

        await using var app = await TestApp.StartAsync(static _ => Task.CompletedTask, Configure);
        var line = Assert.Single(app.Logs.Lines, line => line.Event.Name == eventName).Text;
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestApp.StartAsync(static _ => Task.CompletedTask, Configure, sessions: static sessions => sessions.UseStrictDefaults())
        );

        foreach (var message in new[] { line, refusal.Message })
        {
            Assert.Contains(Remedy, message, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, message, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Good_ones_are_neither_warned_about_nor_refused()
    {
        await using var app = await TestApp.StartAsync(
            static _ => Task.CompletedTask,
            static options => options.PreviousSecrets.Add("3vQ9xLm2Zt7Kp1Rd8Wy4Bn6Hc5Jf0Gs+/TuXoYeIaM="),
            sessions: static sessions => sessions.UseStrictDefaults()
        );

        Assert.Equal(0, app.Logs.Count("ShortSecret") + app.Logs.Count("GuessableSecret") + app.Logs.Count("RepeatedSecret"));
    }

    [Fact]
    public async Task Without_one_the_message_says_how_to_make_one()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            TestApp.StartAsync(static _ => Task.CompletedTask, static options => options.Secret = null)
        );

        Assert.Contains(Remedy, refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string?, string?, string> BadKeys =>
        new()
        {
            { null, null, "Protection.Key was set to null" },
            { null, Good(1), "Protection.PreviousKeys has keys" },
            { "", null, "Protection.Key is empty" },
            { " ", null, "Protection.Key is empty" },
            { "not base64!", null, "Protection.Key is no key" },
            { Convert.ToBase64String(new byte[16]), null, "Protection.Key is no key" },
            { Convert.ToBase64String(new byte[32]), null, "Protection.Key is one byte" },
            { Key(7), null, "Protection.Key is one byte" },
            { Good(1), "", "Protection.PreviousKeys[0] is empty" },
            { Good(1), Key(0), "Protection.PreviousKeys[0] is one byte" },
            { Good(1), Good(2) + "|" + Key(255), "Protection.PreviousKeys[1] is one byte" },
            { Good(1), Good(1), "Protection.PreviousKeys[0] is listed before" },
            { Good(1), Good(2) + "|" + Good(2), "Protection.PreviousKeys[1] is listed before" },
        };

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task A_key_that_hides_nothing_stops_the_start_and_the_message_says_which_and_how_to_make_one(
        string? key,
        string? previous,
        string named
    )
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(key, previous?.Split('|') ?? []));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Remedy, refusal.Message, StringComparison.Ordinal);
        Assert.All((previous ?? "").Split('|').Append(key).Where(static text => !string.IsNullOrWhiteSpace(text)), text =>
            Assert.DoesNotContain(text!, refusal.Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Every_bad_key_is_named_at_once()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync("no key", "", Key(3)));

        Assert.Equal(3, refusal.Failures.Count());
    }

    [Fact]
    public async Task A_setting_that_is_absent_does_not_turn_encryption_off_and_is_named()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(null));

        Assert.Contains("ServerSessions:Protection:Key", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(string? key, params string[] previous) =>
        TestApp.StartAsync(
            static _ => Task.CompletedTask,
            options =>
            {
                options.Protection.Key = key;
                foreach (var one in previous)
                {
                    options.Protection.PreviousKeys.Add(one);
                }
            }
        );

    private static string Key(byte repeated) => Convert.ToBase64String([.. Enumerable.Repeat(repeated, 32)]);

    private static string Good(byte seed) => Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)((i * 37) + seed))]);
}
