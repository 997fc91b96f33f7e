using System.Text;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookies;

/// <summary>What the options of the cookie write at rest, where express-session has more than one spelling for what is sent.</summary>
public sealed class CookieAtRestTests
{
    [Fact]
    public Task What_is_not_sent_is_left_out_as_express_sessions_defaults_are() =>
        WritesAsync(
            static cookie =>
                (cookie.Secure, cookie.SameSite, cookie.Partitioned) = (SessionCookieSecure.Never, SameSiteMode.Unspecified, false),
            """{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}"""
        );

    [Theory]
    [InlineData(SameSiteMode.Lax, "lax")]
    [InlineData(SameSiteMode.Strict, "strict")]
    [InlineData(SameSiteMode.None, "none")]
    public Task SameSite_is_written_in_express_sessions_words(SameSiteMode mode, string written) =>
        WritesAsync(
            cookie => (cookie.Secure, cookie.SameSite, cookie.HttpOnly) = (SessionCookieSecure.Never, mode, false),
            $$"""{"originalMaxAge":null,"expires":null,"httpOnly":false,"path":"/","sameSite":"{{written}}"}"""
        );

    [Fact]
    public Task A_new_session_can_be_given_the_other_spellings() =>
        WritesAsync(
            static cookie => (cookie.Secure, cookie.SameSite) = (SessionCookieSecure.Never, SameSiteMode.Strict),
            """{"originalMaxAge":null,"partitioned":false,"expires":null,"secure":false,"httpOnly":true,"path":"/","sameSite":true}""",
            static cookie => (cookie.Secure, cookie.Partitioned, cookie.SameSite) = (false, false, SessionSameSite.True)
        );

    private static async Task WritesAsync(Action<SessionCookieOptions> configure, string expected, Action<SessionCookie>? spell = null)
    {
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            context =>
            {
                context.GetServerSession().Set("n", 1);
                spell?.Invoke(context.GetServerSession().Cookie);
                return Task.CompletedTask;
            },
            options =>
            {
                options.EnforceCookieRules = false;
                configure(options.Cookie);
            },
            store
        );

        using var response = await app.GetAsync();

        var entry = await store.Inner.AllAsync().SingleAsync();
        Assert.Equal($$"""{"cookie":{{expected}},"n":1}""", Encoding.UTF8.GetString(entry.Record.Payload.Span));
    }
}
