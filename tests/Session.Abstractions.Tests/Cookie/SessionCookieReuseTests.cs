using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookie;

/// <summary>Cookies that differ only in their expiry are read and written with one template, without a visible effect.</summary>
public sealed class SessionCookieReuseTests(ITestOutputHelper output)
{
    private static readonly string[] Shapes =
    [
        """{"originalMaxAge":60000,"expires":"EXPIRES","httpOnly":true,"path":"/"}""",
        """{"originalMaxAge":60000,"expires":"EXPIRES","httpOnly":true,"path":"/app"}""",
        """{"originalMaxAge":61000,"expires":"EXPIRES","httpOnly":true,"path":"/"}""",
        """{"originalMaxAge":60000,"partitioned":true,"priority":"high","expires":"EXPIRES","secure":true,"httpOnly":false,"domain":"example.com","path":"/","sameSite":"lax"}""",
        """{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}""",
        """{"originalMaxAge":false,"expires":false,"httpOnly":true,"path":"/"}""",
        """{"originalMaxAge":null,"expires":null,"secure":null,"httpOnly":true,"path":"/"}""",
        """{"httpOnly":true,"path":"/"}""",
        """{"originalMaxAge":60000,"expires":"EXPIRES","httpOnly":true,"path":"/\"expires\":\""}""",
        """{ "expires":"EXPIRES","originalMaxAge":60000,"path":"/","httpOnly":true,"unknown":[1] }""",
    ];

    private static readonly string[] Expiries =
    [
        "2026-11-22T10:01:00.000Z",
        "2026-12-31T23:59:59.999Z",
        "2024-02-29T00:00:00.001Z",
        "0001-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z",
        "2026-02-29T00:00:00.000Z",
        "2026-13-01T00:00:00.000Z",
        "2026-11-22T24:00:00.000Z",
        "2026-11-22T10:60:00.000Z",
        "2026-11-22 10:01:00.000Z",
        "2026-11-22T10:01:00.00xZ",
    ];

    [Fact]
    public void Whatever_was_read_before_a_cookie_is_read_and_written_as_if_it_were_the_first()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 5_000; i++)
        {
            var json = Shapes[random.Next(Shapes.Length)]
                .Replace("EXPIRES", Expiries[random.Next(Expiries.Length)], StringComparison.Ordinal);
            var change = random.Next(12);
            var here = Change(json, change);
            string? alone = null;

            // A thread that has read nothing yet.
            var thread = new Thread(() => alone = Change(json, change));
            thread.Start();
            thread.Join();
            Assert.Equal((json, alone), (json, here));
        }
    }

    [Fact]
    public void Of_two_cookies_read_alike_a_change_of_one_is_none_of_the_other()
    {
        var json = Shapes[0].Replace("EXPIRES", Expiries[0], StringComparison.Ordinal);
        _ = Cookies.Parse(json);
        var one = Cookies.Parse(json);
        var other = Cookies.Parse(json);

        one.Path = "/other";
        one.MaxAge = TimeSpan.FromHours(5);

        Assert.Equal(json, other.Text());
        Assert.Equal(json, Cookies.Parse(json).Text());
    }

    private static string Change(string json, int change)
    {
        var cookie = Cookies.Parse(json);
        switch (change)
        {
            case 0:
                cookie.Path = "/b";
                break;
            case 1:
                cookie.Domain = "example.org";
                break;
            case 2:
                cookie.HttpOnly = null;
                break;
            case 3:
                cookie.Secure = true;
                break;
            case 4:
                cookie.Partitioned = false;
                break;
            case 5:
                cookie.SameSite = SessionSameSite.Strict;
                break;
            case 6:
                cookie.Priority = SessionCookiePriority.Low;
                break;
            case 7:
                cookie.MaxAge = TimeSpan.FromMinutes(7);
                break;
            case 8:
                cookie.OriginalMaxAge = TimeSpan.FromMinutes(8);
                break;
            case 9:
                cookie.Expires = null;
                break;
            case 10:
                cookie.Touch();
                break;
            case 11:
                cookie.AdoptExpires(new DateTimeOffset(2031, 5, 6, 7, 8, 9, 10, TimeSpan.Zero));
                break;
        }

        return $"{cookie.Text()} {cookie.Expires:O} {cookie.OriginalMaxAge} {cookie.MaxAge} {cookie.HasExpires} {cookie.Path} "
            + $"{cookie.Domain} {cookie.SameSite}";
    }
}
