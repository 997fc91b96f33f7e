using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerSessions.Tests.Rules;

/// <summary>A cookie signed with any secret that is listed is accepted, so each of them has to be one.</summary>
public sealed class SecretTests
{
    private const string Remedy = "openssl rand -base64 32";

    private static readonly string Repeated = new('a', 44);

    public static TheoryData<string, string, string> Bad => new()
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
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(
            () => TestApp.StartAsync(static _ => Task.CompletedTask, Configure, sessions: static sessions => sessions.UseStrictDefaults()));

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
            sessions: static sessions => sessions.UseStrictDefaults());

        Assert.Equal(0, app.Logs.Count("ShortSecret") + app.Logs.Count("GuessableSecret") + app.Logs.Count("RepeatedSecret"));
    }

    [Fact]
    public async Task Without_one_the_message_says_how_to_make_one()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(static _ => Task.CompletedTask, static options => options.Secret = null));

        Assert.Contains(Remedy, refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string?, string?, string> BadKeys => new()
    {
        { null, null, "The key" },
        { "", null, "The key" },
        { " ", null, "The key" },
        { "not base64!", null, "The key" },
        { Convert.ToBase64String(new byte[16]), null, "The key" },
        { Convert.ToBase64String(new byte[32]), null, "The key" },
        { Key(7), null, "The key" },
        { Good(1), "", "Previous key 1" },
        { Good(1), Key(0), "Previous key 1" },
        { Good(1), Good(2) + "|" + Key(255), "Previous key 2" },
        { Good(1), Good(1), "Previous key 1" },
        { Good(1), Good(2) + "|" + Good(2), "Previous key 2" },
    };

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void A_key_that_hides_nothing_is_refused_and_the_message_says_which_and_how_to_make_one(string? key, string? previous, string named)
    {
        var sessions = new ServiceCollection().AddServerSessions();

        var refusal = Assert.Throws<ArgumentException>(() => sessions.EncryptPayload(key!, previous?.Split('|') ?? []));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("EncryptPayload", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Remedy, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key is null or "" or " " ? "\0" : key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_absent_names_the_setting()
    {
        var sessions = new ServiceCollection().AddServerSessions();

        Assert.Contains("ServerSessions:PayloadKey", Assert.Throws<ArgumentException>(() => sessions.EncryptPayload(null!)).Message, StringComparison.Ordinal);
    }

    private static string Key(byte repeated) => Convert.ToBase64String([.. Enumerable.Repeat(repeated, 32)]);

    private static string Good(byte seed) => Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)((i * 37) + seed))]);
}
