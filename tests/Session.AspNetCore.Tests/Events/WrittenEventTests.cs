using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Tests.Events;

/// <summary>The handlers that this library has: the log and the audit trail.</summary>
public sealed class WrittenEventTests
{
    [Fact]
    public async Task The_log_has_a_line_for_each_event_with_its_level_and_without_an_id()
    {
        await using var app = await StartAsync(static builder => builder.AddLoggedEvents());
        using var begin = await app.GetAsync("/sign-in");
        using var renewed = await app.GetAsync("/renew", begin.Cookie());
        using var ended = await app.GetAsync("/destroy", renewed.Cookie());
        using var old = await app.GetAsync("/read", renewed.Cookie());

        Assert.Equal(
            [
                (LogLevel.Debug, "SessionCreated"),
                (LogLevel.Information, "SessionSignedIn"),
                (LogLevel.Debug, "SessionRenewed"),
                (LogLevel.Trace, "SessionChanged"),
                (LogLevel.Information, "SessionEnded"),
                (LogLevel.Warning, "SessionRejected"),
            ],
            Events(app).Select(static line => (line.Level, line.Event.Name!))
        );
        Assert.All(Events(app), line => Assert.DoesNotContain(SidOf(renewed), line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_any_client_can_cause_is_logged_once_a_minute_for_each_reason_with_the_number_since()
    {
        var clock = new FakeTimeProvider();
        await using var app = await StartAsync(static builder => builder.AddLoggedEvents(), clock);
        using var begin = await app.GetAsync("/write");
        using var ended = await app.GetAsync("/destroy", begin.Cookie());
        for (var i = 0; i < 5; i++)
        {
            using var forged = await app.GetAsync("/read", "connect.sid=forged");
        }

        using var unknown = await app.GetAsync("/read", begin.Cookie());
        clock.Advance(TimeSpan.FromMinutes(1));
        using var again = await app.GetAsync("/read", "connect.sid=forged");

        Assert.Equal(
            ["Forged, 1 since the last line", "Unknown, 1 since the last line", "Forged, 5 since the last line"],
            Events(app)
                .Where(static line => line.Event.Name == "SessionRejected")
                .Select(static line => line.Text.Split(": ")[1].Split('.')[0])
        );
    }

    [Fact]
    public async Task The_audit_trail_speaks_the_words_of_OWASP()
    {
        await using var app = await StartAsync(static builder => builder.AddAuditedEvents());
        using var begin = await app.GetAsync("/sign-in");
        using var renewed = await app.GetAsync("/renew", begin.Cookie());
        using var ended = await app.GetAsync("/destroy", renewed.Cookie());
        using var old = await app.GetAsync("/read", renewed.Cookie());
        using var forged = await app.GetAsync("/read", "connect.sid=forged");

        Assert.Equal(
            [
                "session_created (new)",
                "authn_login_success (signed in)",
                "session_renewed (new id)",
                "session_expired (revoked: Destroyed)",
                "session_use_after_expire (Unknown)",
                "input_validation_fail (Forged)",
            ],
            Events(app).Select(static line => line.Text.Split(", count 1: ")[0])
        );
        Assert.All(Events(app), line => Assert.DoesNotContain(SidOf(renewed), line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_audit_line_has_the_fields_that_its_event_has_and_no_empty_ones()
    {
        await using var app = await TestApp.StartAsync(
            static context =>
                context.Request.Path == "/sign-in"
                    ? context.GetServerSession().SignInAsync("ada").AsTask()
                    : EventSite.ActAsync(context),
            time: new FakeTimeProvider(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero)),
            sessions: builder =>
            {
                builder.AddUserSessions();
                builder.AddAuditedEvents();
            }
        );
        using var visitor = await app.GetAsync("/write");
        using var signedIn = await app.GetAsync("/sign-in", visitor.Cookie());

        var lines = app.Logs.Lines.Where(static line => line.Category == "ServerSessions.Audit").ToList();
        var (created, login) = (lines[0], lines.Single(static line => (string?)Field(line, "Event") == "authn_login_success"));
        Assert.Equal("session_created (new), count 1: in Memory, at 2026-11-30T12:00:00.0000000+00:00.", created.Text);
        Assert.Equal("Event Reason Count Backend Time {OriginalFormat}", Names(created));
        Assert.Equal("{Event} ({Reason}), count {Count}: in {Backend}, at {Time:O}.", Field(created, "{OriginalFormat}"));
        Assert.Equal("Event Reason Count Subject Handle Backend Time {OriginalFormat}", Names(login));
        Assert.Equal(
            $"authn_login_success (signed in), count 1: user ada, sign-in {Field(login, "Handle")}, in Memory, at "
                + "2026-11-30T12:00:00.0000000+00:00.",
            login.Text
        );
        Assert.Equal((1L, "ada", "Memory"), (Field(login, "Count"), Field(login, "Subject"), Field(login, "Backend")));
        Assert.Equal(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero), Field(login, "Time"));
    }

    private static Task<TestApp> StartAsync(Action<IServerSessionBuilder> sessions, TimeProvider? time = null) =>
        TestApp.StartAsync(EventSite.ActAsync, time: time, sessions: sessions);

    private static IEnumerable<LogLine> Events(TestApp app) =>
        app.Logs.Lines.Where(static line =>
            line.Event.Id is >= 60 and <= 70 && line.Event.Name!.StartsWith("Session", StringComparison.Ordinal)
        );

    private static string SidOf(HttpResponseMessage response) => response.Cookie().Split("s%3A")[1].Split('.')[0];

    private static string Names(LogLine line) => string.Join(' ', line.Fields.Select(static field => field.Key));

    private static object? Field(LogLine line, string name) => line.Fields.Single(field => field.Key == name).Value;
}
