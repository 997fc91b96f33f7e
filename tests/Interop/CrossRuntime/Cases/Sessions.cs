using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Interop.CrossRuntime.Cases;

/// <summary>Records as this project's middleware makes them, and what it does with a session that it has read.</summary>
internal static class Sessions
{
    /// <summary>A new session.</summary>
    public static SessionRecord New(string valuesJson, TimeSpan? lifetime, FakeTimeProvider clock)
    {
        var cookie = new SessionCookie(clock)
        {
            Path = "/",
            HttpOnly = true,
            MaxAge = lifetime,
        };
        var session = new SessionDocument(cookie.ToJson());
        using var values = JsonDocument.Parse(valuesJson);
        foreach (var value in values.RootElement.EnumerateObject())
        {
            session.SetJson(value.Name, Encoding.UTF8.GetBytes(value.Value.GetRawText()));
        }

        return new SessionRecord(session.ToPayload(), cookie.Expires);
    }

    /// <summary>The record with its cookie touched and, where a key is given, with that value.</summary>
    public static SessionRecord Touched(SessionRecord read, FakeTimeProvider clock, string? key = null, string? valueJson = null)
    {
        var session = SessionDocument.Parse(read.Payload);
        var cookie = SessionCookie.Parse(session.CookieJson.Span, clock);
        cookie.Touch();
        session.CookieJson = cookie.ToJson();
        if (key is not null)
        {
            session.SetJson(key, Encoding.UTF8.GetBytes(valueJson!));
        }

        return new SessionRecord(session.ToPayload(), cookie.Expires);
    }

    /// <summary>The JSON of the cookie that a session with that lifetime has at that instant, in express-session's order.</summary>
    public static string CookieJson(TimeSpan? lifetime, DateTimeOffset touched) =>
        lifetime is { } life
            ? string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"originalMaxAge":{{life.TotalMilliseconds}},"expires":"{{touched + life:yyyy-MM-ddTHH:mm:ss.fffZ}}","httpOnly":true,"path":"/"}"""
            )
            : """{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}""";

    public static string Json(string cookieJson, string valuesJson) =>
        valuesJson == "{}" ? $"{{\"cookie\":{cookieJson}}}" : $"{{\"cookie\":{cookieJson},{valuesJson[1..]}";

    public static string Text(SessionRecord record) => Encoding.UTF8.GetString(record.Payload.Span);
}
