using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookie;

public sealed class SessionCookieTimeTests
{
    private readonly FakeTimeProvider _time = Cookies.Clock();

    [Fact]
    public void Max_age_shrinks_as_time_passes_and_goes_below_zero()
    {
        var cookie = new SessionCookie(_time) { MaxAge = TimeSpan.FromSeconds(10) };
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal((TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(10)), (cookie.MaxAge, cookie.OriginalMaxAge));
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal((TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(10)), (cookie.MaxAge, cookie.OriginalMaxAge));
    }

    [Fact]
    public void A_touch_starts_the_life_anew()
    {
        var cookie = new SessionCookie(_time) { MaxAge = TimeSpan.FromSeconds(10) };
        _time.Advance(TimeSpan.FromSeconds(11));
        cookie.Touch();
        Assert.Equal((TimeSpan.FromSeconds(10), Cookies.Start + TimeSpan.FromSeconds(21)), (cookie.MaxAge, cookie.Expires));
    }

    [Theory]
    [InlineData(
        """{"originalMaxAge":null,"expires":"2026-11-22T11:00:00.000Z","httpOnly":true}""",
        """{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}"""
    )]
    [InlineData(
        """{"originalMaxAge":false,"expires":false,"httpOnly":true}""",
        """{"originalMaxAge":false,"expires":false,"httpOnly":true,"path":"/"}"""
    )]
    [InlineData(
        """{"originalMaxAge":1000,"expires":null}""",
        """{"originalMaxAge":1000,"expires":"2026-11-22T10:00:01.000Z","httpOnly":true,"path":"/"}"""
    )]
    [InlineData(
        """{"originalMaxAge":-1000,"expires":false}""",
        """{"originalMaxAge":-1000,"expires":"2026-11-22T09:59:59.000Z","httpOnly":true,"path":"/"}"""
    )]
    public void A_touch_goes_by_original_max_age_whatever_the_expiry_was(string json, string touched)
    {
        var cookie = Cookies.Parse(json);
        cookie.Touch();
        Assert.Equal(touched, cookie.Text());
    }

    [Fact]
    public void Setting_the_expiry_sets_original_max_age_to_the_time_until_then()
    {
        var cookie = new SessionCookie(_time) { Expires = Cookies.Start + TimeSpan.FromSeconds(90) };
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(90)), (cookie.MaxAge, cookie.OriginalMaxAge));

        cookie.Expires = Cookies.Start - TimeSpan.FromSeconds(1);
        Assert.Equal(TimeSpan.FromSeconds(-1), cookie.OriginalMaxAge);

        cookie.Expires = null;
        Assert.Equal((null, null, false), (cookie.MaxAge, cookie.OriginalMaxAge, cookie.HasExpires));
    }

    [Fact]
    public void Setting_max_age_sets_the_expiry_and_original_max_age()
    {
        var cookie = new SessionCookie(_time) { MaxAge = TimeSpan.FromSeconds(90) };
        Assert.Equal((Cookies.Start + TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(90)), (cookie.Expires, cookie.OriginalMaxAge));
        cookie.MaxAge = null;
        Assert.Equal((null, null, false), (cookie.Expires, cookie.OriginalMaxAge, cookie.HasExpires));
    }

    [Fact]
    public void Setting_original_max_age_alone_waits_for_the_next_touch()
    {
        var cookie = new SessionCookie(_time) { OriginalMaxAge = TimeSpan.FromSeconds(5) };
        Assert.Null(cookie.Expires);
        cookie.Touch();
        Assert.Equal(Cookies.Start + TimeSpan.FromSeconds(5), cookie.Expires);
    }

    [Fact]
    public void What_is_finer_than_a_millisecond_is_cut_off_and_an_offset_becomes_utc()
    {
        _time.Advance(TimeSpan.FromTicks(9_999));
        var cookie = new SessionCookie(_time) { MaxAge = TimeSpan.FromTicks(19_999) };
        Assert.Equal((TimeSpan.FromMilliseconds(1), Cookies.Start.AddMilliseconds(1)), (cookie.OriginalMaxAge, cookie.Expires));

        cookie.Expires = new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.FromHours(2)).AddTicks(19_999);
        Assert.Equal("""{"originalMaxAge":3600001,"expires":"2026-11-22T11:00:00.001Z","httpOnly":true,"path":"/"}""", cookie.Text());
    }

    [Fact]
    public void The_expiry_of_the_store_is_adopted_where_the_cookie_has_one()
    {
        var cookie = Cookies.Parse("""{"originalMaxAge":60000,"expires":"2026-11-22T09:00:00.000Z"}""", _time);
        cookie.AdoptExpires(Cookies.Start.AddSeconds(30).AddTicks(1));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1)), (cookie.MaxAge, cookie.OriginalMaxAge));
        cookie.AdoptExpires(null);
        Assert.Equal(TimeSpan.FromSeconds(30), cookie.MaxAge);
    }

    [Theory]
    [InlineData("""{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}""")]
    [InlineData("""{"originalMaxAge":false,"expires":false,"httpOnly":true,"path":"/"}""")]
    [InlineData("""{"httpOnly":true,"path":"/"}""")]
    public void A_cookie_that_lasts_as_long_as_the_browser_adopts_none(string json)
    {
        var cookie = Cookies.Parse(json);
        cookie.AdoptExpires(Cookies.Start.AddDays(1));
        Assert.Equal(json, cookie.Text());
    }

    [Theory]
    [InlineData("""{"expires":"2026-11-22T09:00:00.000Z"}""", true)]
    [InlineData("""{"expires":false}""", true)]
    [InlineData("""{"expires":null}""", false)]
    [InlineData("""{"expires":"never"}""", false)]
    [InlineData("{}", false)]
    public void An_expiry_is_there_where_javascript_does_not_call_it_null(string json, bool expected) =>
        Assert.Equal(expected, Cookies.Parse(json).HasExpires);

    [Theory]
    [InlineData("1e400", "9999-12-31T23:59:59.999Z")]
    [InlineData("-1e400", "0001-01-01T00:00:00.000Z")]
    [InlineData("922337203685477", "9999-12-31T23:59:59.999Z")]
    [InlineData("922337203685478", "9999-12-31T23:59:59.999Z")]
    [InlineData("-922337203685478", "0001-01-01T00:00:00.000Z")]
    [InlineData("9223372036854775808", "9999-12-31T23:59:59.999Z")]
    [InlineData("9007199254740993", "9999-12-31T23:59:59.999Z")]
    [InlineData("251606959199998", "9999-12-31T23:59:59.998Z")]
    [InlineData("251606959200000", "9999-12-31T23:59:59.999Z")]
    [InlineData("1500.9", "2026-11-22T10:00:01.500Z")]
    [InlineData("-1500.9", "2026-11-22T09:59:58.500Z")]
    [InlineData("0.5", "2026-11-22T10:00:00.000Z")]
    [InlineData("-0", "2026-11-22T10:00:00.000Z")]
    [InlineData("1.5e3", "2026-11-22T10:00:01.500Z")]
    public void An_original_max_age_of_any_size_is_touched_read_and_written(string originalMaxAge, string expires)
    {
        var cookie = Cookies.Parse($$"""{"originalMaxAge":{{originalMaxAge}}}""");
        cookie.Touch();
        Assert.Contains($"\"expires\":\"{expires}\"", cookie.Text(), StringComparison.Ordinal);
        Assert.Equal(cookie.Text(), Cookies.Parse(cookie.Text()).Text());
        Assert.NotNull(cookie.MaxAge);
    }

    [Fact]
    public void The_longest_and_shortest_spans_do_not_overflow()
    {
        var cookie = new SessionCookie(_time) { MaxAge = TimeSpan.MaxValue };
        Assert.Equal("9999-12-31T23:59:59.999Z", cookie.Expires!.Value.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null));
        cookie.MaxAge = TimeSpan.MinValue;
        Assert.Equal(DateTimeOffset.MinValue, cookie.Expires);
        cookie.Expires = DateTimeOffset.MaxValue;
        cookie.Touch();
        Assert.Equal(9999, cookie.Expires!.Value.Year);
        cookie.Expires = DateTimeOffset.MinValue;
        cookie.Touch();
        Assert.Equal(DateTimeOffset.MinValue, cookie.Expires);
    }

    [Fact]
    public void A_cookie_needs_a_clock()
    {
        Assert.Throws<ArgumentNullException>(static () => new SessionCookie(null!));
        Assert.Throws<ArgumentNullException>(static () => SessionCookie.Parse("{}"u8, null!));
    }
}
