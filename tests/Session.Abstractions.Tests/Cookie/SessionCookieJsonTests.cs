using System.Buffers;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookie;

/// <summary>The JSON of express-session 1.19's <c>Cookie.data</c>, both ways.</summary>
public sealed class SessionCookieJsonTests
{
    private const string Everything =
        """{"originalMaxAge":60000,"partitioned":true,"priority":"high","expires":"2026-11-22T10:01:00.000Z","secure":true,"httpOnly":false,"domain":"example.com","path":"/app","sameSite":"lax"}""";

    [Fact]
    public void A_cookie_without_options_has_four_members() =>
        Assert.Equal("""{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}""", Cookies.New().Text());

    [Fact]
    public void A_max_age_is_written_with_the_expiry_it_gives()
    {
        var cookie = Cookies.New();
        cookie.MaxAge = TimeSpan.FromMinutes(1);
        Assert.Equal("""{"originalMaxAge":60000,"expires":"2026-11-22T10:01:00.000Z","httpOnly":true,"path":"/"}""", cookie.Text());
    }

    [Fact]
    public void Everything_is_written_in_the_order_of_express_session()
    {
        var cookie = Cookies.New();
        cookie.SameSite = SessionSameSite.Lax;
        cookie.Path = "/app";
        cookie.Domain = "example.com";
        cookie.HttpOnly = false;
        cookie.Secure = true;
        cookie.Priority = SessionCookiePriority.High;
        cookie.Partitioned = true;
        cookie.MaxAge = TimeSpan.FromMinutes(1);
        Assert.Equal(Everything, cookie.Text());
    }

    [Fact]
    public void Writing_to_a_buffer_gives_the_same()
    {
        var buffer = new ArrayBufferWriter<byte>();
        Cookies.Parse(Everything).WriteTo(buffer);
        Assert.Equal(Everything, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Theory]
    [InlineData("""{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}""")]
    [InlineData("""{"originalMaxAge":60000,"expires":"2026-11-22T22:52:15.848Z","httpOnly":true,"path":"/"}""")]
    [InlineData("""{"originalMaxAge":false,"expires":false,"httpOnly":true,"path":"/"}""")]
    [InlineData("""{"httpOnly":true,"path":"/"}""")]
    [InlineData("""{"originalMaxAge":98165569811,"expires":"2030-01-01T00:00:00.000Z","httpOnly":true,"path":"/"}""")]
    [InlineData("""{"originalMaxAge":-5,"expires":"1969-12-31T23:59:59.999Z","httpOnly":true,"path":"/"}""")]
    [InlineData("""{"originalMaxAge":0,"expires":"0001-01-01T00:00:00.000Z","httpOnly":true,"path":"/"}""")]
    [InlineData(Everything)]
    [InlineData("""{"originalMaxAge":null,"expires":null,"secure":false,"httpOnly":true,"path":"/","sameSite":true}""")]
    [InlineData("""{"originalMaxAge":null,"expires":null,"httpOnly":false,"path":"/","sameSite":false}""")]
    [InlineData(
        """{"originalMaxAge":null,"partitioned":false,"priority":"low","expires":null,"httpOnly":true,"path":"/","sameSite":"strict"}"""
    )]
    [InlineData("""{"originalMaxAge":null,"priority":"medium","expires":null,"httpOnly":true,"path":"/","sameSite":"none"}""")]
    [InlineData("""{"originalMaxAge":null,"expires":null,"secure":null,"httpOnly":true,"domain":null,"path":"/","sameSite":null}""")]
    [InlineData(
        """{"originalMaxAge":null,"partitioned":null,"priority":null,"expires":null,"secure":null,"httpOnly":null,"domain":null,"path":null,"sameSite":null}"""
    )]
    [InlineData("""{"originalMaxAge":60000,"httpOnly":true,"path":"/"}""")]
    [InlineData("""{"expires":"2026-11-22T22:52:15.848Z","httpOnly":true,"path":"/"}""")]
    [InlineData("""{"originalMaxAge":null,"expires":null,"httpOnly":true,"domain":".a-1.example","path":"/a \"b\\c/%20"}""")]
    public void What_express_session_wrote_is_written_back_as_it_was(string json) => Assert.Equal(json, Cookies.Parse(json).Text());

    [Fact]
    public void What_stood_as_null_can_be_set()
    {
        var cookie = Cookies.Parse("""{"secure":null,"domain":null,"path":null,"sameSite":null,"priority":null}""");
        cookie.Secure = true;
        cookie.Domain = "example.com";
        cookie.SameSite = SessionSameSite.None;
        Assert.Equal(
            """{"priority":null,"secure":true,"httpOnly":true,"domain":"example.com","path":null,"sameSite":"none"}""",
            cookie.Text()
        );
    }

    [Fact]
    public void A_year_of_four_digits_is_the_last_that_is_written()
    {
        var cookie = Cookies.New();
        cookie.Expires = DateTimeOffset.MaxValue;
        Assert.Contains("\"expires\":\"9999-12-31T23:59:59.999Z\"", cookie.Text(), StringComparison.Ordinal);
    }
}
