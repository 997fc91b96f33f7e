using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookie;

/// <summary>Between texts and cookies, at an instant that stands still.</summary>
internal static class Cookies
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    public static FakeTimeProvider Clock() => new(Start);

    public static SessionCookie New() => new(Clock());

    public static SessionCookie Parse(string json, TimeProvider? time = null) =>
        SessionCookie.Parse(Encoding.UTF8.GetBytes(json), time ?? Clock());

    public static string Text(this SessionCookie cookie) => Encoding.UTF8.GetString(cookie.ToJson());
}
