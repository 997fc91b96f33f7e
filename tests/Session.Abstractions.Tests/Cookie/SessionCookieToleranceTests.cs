using ServerSessions.Payload;

namespace ServerSessions.Tests.Cookie;

/// <summary>What other writers leave in a <c>cookie</c> member, and what becomes of it.</summary>
public sealed class SessionCookieToleranceTests
{
    [Fact]
    public void An_empty_cookie_has_the_path_and_http_only_of_a_new_one_and_no_expiry()
    {
        var cookie = Cookies.Parse("{}");
        Assert.Equal(
            ("/", true, null, null, false),
            (cookie.Path, cookie.HttpOnly, cookie.Expires, cookie.OriginalMaxAge, cookie.HasExpires)
        );
        cookie.Touch();
        Assert.Equal("""{"httpOnly":true,"path":"/"}""", cookie.Text());
    }

    [Fact]
    public void An_expiry_without_original_max_age_ends_with_the_first_touch()
    {
        var cookie = Cookies.Parse("""{"expires":"2026-11-22T11:00:00.000Z","httpOnly":true,"path":"/"}""");
        Assert.Equal(TimeSpan.FromHours(1), cookie.MaxAge);
        cookie.Touch();
        Assert.Null(cookie.MaxAge);
        Assert.Equal("""{"httpOnly":true,"path":"/"}""", cookie.Text());
    }

    [Theory]
    [InlineData("\"60000\"")]
    [InlineData("\" \"")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("[60000]")]
    [InlineData("""{"canary":1}""")]
    public void An_original_max_age_that_javascript_takes_for_true_and_is_no_number_is_a_typed_error(string value)
    {
        var error = Assert.Throws<SessionPayloadException>(() =>
            Cookies.Parse($$"""{"path":"/canary","originalMaxAge":{{value}},"canary":1}""")
        );
        Assert.Equal(SessionPayloadError.InvalidCookie, error.Error);
        Assert.Equal("""{"path":"/canary","originalMaxAge":""".Length, error.BytePosition);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_max_age_and_other_unknown_ones_are_dropped() =>
        Assert.Equal(
            """{"httpOnly":true,"path":"/"}""",
            Cookies
                .Parse(
                    """{"maxAge":60000,"_expires":"2026-11-22T10:00:00.000Z","signed":[1,{"a":[]}],"":{},"\ud800":1,"\ud800\ud800":{}}"""
                )
                .Text()
        );

    [Theory]
    [InlineData("2026-11-22T22:52:15.848Z")]
    [InlineData("2026-11-22T22:52:15.8480000Z")]
    [InlineData("2026-11-22T22:52:15.8489999Z")]
    [InlineData("2026-11-22T22:52:15.848123456Z")]
    [InlineData("2026-11-22T22:52:15.848+00:00")]
    [InlineData("2026-11-23T00:52:15.8480000+02:00")]
    [InlineData("2026-11-22T22:52:15.848\\u002B00:00")]
    [InlineData("\\u0032026-11-22T22:52:15.848Z")]
    [InlineData("2026-11-22T22:52:15.848")]
    public void Instants_of_other_writers_are_written_back_with_three_digits_and_z(string expires) =>
        Assert.Equal(
            """{"expires":"2026-11-22T22:52:15.848Z","httpOnly":true,"path":"/"}""",
            Cookies.Parse($$"""{"expires":"{{expires}}"}""").Text()
        );

    [Theory]
    [InlineData("2026-11-22", "2026-11-22T00:00:00.000Z")]
    [InlineData("2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z")]
    [InlineData("Sun, 22 Nov 2026 22:53:08 GMT", "2026-11-22T22:53:08.000Z")]
    [InlineData("+010000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")]
    [InlineData("+275760-09-13T00:00:00.000Z", "9999-12-31T23:59:59.999Z")]
    [InlineData("-000001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z")]
    public void Other_spellings_and_years_beyond_the_calendar_are_read(string expires, string written) =>
        Assert.Contains($"\"expires\":\"{written}\"", Cookies.Parse($$"""{"expires":"{{expires}}"}""").Text(), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"\"")]
    [InlineData("false")]
    [InlineData("null")]
    public void An_original_max_age_that_is_nothing_to_javascript_is_no_lifetime_and_is_written_back(string nothing)
    {
        var cookie = Cookies.Parse($$"""{"originalMaxAge":{{nothing}},"expires":{{nothing}},"httpOnly":true,"path":"/"}""");
        Assert.Equal((null, null, nothing != "null"), (cookie.Expires, cookie.OriginalMaxAge, cookie.HasExpires));
        Assert.Equal($$"""{"originalMaxAge":{{nothing}},"expires":{{nothing}},"httpOnly":true,"path":"/"}""", cookie.Text());
        cookie.Touch();
        Assert.Equal($$"""{"originalMaxAge":{{nothing}},"expires":{{nothing}},"httpOnly":true,"path":"/"}""", cookie.Text());
        cookie.MaxAge = TimeSpan.FromMinutes(1);
        Assert.Equal("""{"originalMaxAge":60000,"expires":"2026-11-22T10:01:00.000Z","httpOnly":true,"path":"/"}""", cookie.Text());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("0.0e5")]
    public void An_expiry_of_zero_is_none_as_in_javascript(string zero)
    {
        var cookie = Cookies.Parse($$"""{"originalMaxAge":null,"expires":{{zero}}}""");
        Assert.Equal((null, true), (cookie.Expires, cookie.HasExpires));
        Assert.Equal("""{"originalMaxAge":null,"expires":0,"httpOnly":true,"path":"/"}""", cookie.Text());
        cookie.Touch();
        Assert.Equal("""{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}""", cookie.Text());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("null")]
    public void An_attribute_that_is_nothing_to_javascript_is_not_sent_and_stays_so(string nothing)
    {
        var json =
            $$"""{"path":{{nothing}},"domain":{{nothing}},"sameSite":{{nothing}},"priority":{{nothing}},"secure":{{nothing}},"httpOnly":{{nothing}},"partitioned":{{nothing}}}""";
        for (var times = 0; times < 3; times++)
        {
            var cookie = Cookies.Parse(json);
            Assert.True(string.IsNullOrEmpty(cookie.Path) && string.IsNullOrEmpty(cookie.Domain), json);
            Assert.True(cookie.SameSite is null or SessionSameSite.Off && cookie.Priority is null, json);
            Assert.True(cookie.Secure != true && cookie.HttpOnly != true && cookie.Partitioned != true, json);
            json = cookie.Text();
        }
    }

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("\"10:00\"")]
    [InlineData("\"2026-13-01T00:00:00.000Z\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"+\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[1,[2]]")]
    public void An_expiry_that_is_no_date_becomes_null_as_an_invalid_date_does(string expires)
    {
        var cookie = Cookies.Parse($$"""{"originalMaxAge":60000,"expires":{{expires}},"path":"/after"}""");
        Assert.Null(cookie.Expires);
        Assert.Equal("""{"originalMaxAge":60000,"expires":null,"httpOnly":true,"path":"/after"}""", cookie.Text());
    }

    [Theory]
    [InlineData("1795388287080", "2026-11-22T22:58:07.080Z")]
    [InlineData("1795388287080.9", "2026-11-22T22:58:07.080Z")]
    [InlineData("1", "1970-01-01T00:00:00.001Z")]
    [InlineData("-1", "1970-01-01T00:00:00.000Z")]
    [InlineData("-1e400", "1970-01-01T00:00:00.000Z")]
    [InlineData("1e400", "9999-12-31T23:59:59.999Z")]
    public void A_number_as_expiry_is_milliseconds_since_1970(string number, string written) =>
        Assert.Contains($"\"expires\":\"{written}\"", Cookies.Parse($$"""{"expires":{{number}}}""").Text(), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"auto\"", true)]
    [InlineData("\"\"", false)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("-0.0", false)]
    [InlineData("1e400", true)]
    [InlineData("{}", true)]
    [InlineData("[0]", true)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("null", null)]
    public void A_flag_is_what_javascript_takes_it_for(string json, bool? expected)
    {
        var cookie = Cookies.Parse($$"""{"secure":{{json}},"httpOnly":{{json}},"partitioned":{{json}},"path":"/after"}""");
        Assert.Equal((expected, expected, expected, "/after"), (cookie.Secure, cookie.HttpOnly, cookie.Partitioned, cookie.Path));
    }

    [Theory]
    [InlineData("\"Lax\"", SessionSameSite.Lax)]
    [InlineData("\"LAX\"", SessionSameSite.Lax)]
    [InlineData("\"sTRICT\"", SessionSameSite.Strict)]
    [InlineData("\"None\"", SessionSameSite.None)]
    [InlineData("\"auto\"", SessionSameSite.Lax)]
    [InlineData("\"True\"", SessionSameSite.Lax)]
    [InlineData("\"\\u006cax\"", SessionSameSite.Lax)]
    [InlineData("true", SessionSameSite.True)]
    [InlineData("false", SessionSameSite.Off)]
    [InlineData("null", null)]
    [InlineData("1", null)]
    [InlineData("[true]", null)]
    public void Same_site_is_read_in_any_case(string json, SessionSameSite? expected) =>
        Assert.Equal(expected, Cookies.Parse($$"""{"sameSite":{{json}},"path":"/after"}""").SameSite);

    [Theory]
    [InlineData("\"high\"", SessionCookiePriority.High)]
    [InlineData("\"Medium\"", SessionCookiePriority.Medium)]
    [InlineData("\"LOW\"", SessionCookiePriority.Low)]
    [InlineData("\"1\"", null)]
    [InlineData("\"low,high\"", null)]
    [InlineData("\" high\"", null)]
    [InlineData("\"urgent\"", null)]
    [InlineData("2", null)]
    [InlineData("{}", null)]
    public void A_priority_is_read_in_any_case_and_an_unknown_one_is_none(string json, SessionCookiePriority? expected) =>
        Assert.Equal(expected, Cookies.Parse($$"""{"priority":{{json}}}""").Priority);

    [Theory]
    [InlineData("""{"path":"/a;b","domain":"a b"}""")]
    [InlineData("""{"path":"/\u000a","domain":"\ud800"}""")]
    [InlineData("""{"path":"/é","domain":"é.example"}""")]
    [InlineData("""{"path":1,"domain":["a"]}""")]
    public void A_path_or_domain_that_cannot_be_sent_is_none(string json)
    {
        var cookie = Cookies.Parse(json);
        Assert.Equal((null, null), (cookie.Path, cookie.Domain));
        Assert.Equal("""{"httpOnly":true}""", cookie.Text());
    }

    [Fact]
    public void Members_may_stand_twice_be_escaped_and_have_white_space_around_them()
    {
        var cookie = Cookies.Parse(
            " { \"path\" : \"/1\" ,\n \"p\\u0061th\" : \"/2\\u0061\" , \"secure\":true, "
                + "\"secure\":null,\"domain\":null,\"domain\":\"a.b\" } "
        );
        Assert.Equal("""{"secure":null,"httpOnly":true,"domain":"a.b","path":"/2a"}""", cookie.Text());
    }

    [Theory]
    [InlineData("[]", SessionPayloadError.NoCookie)]
    [InlineData("null", SessionPayloadError.NoCookie)]
    [InlineData("\"canary\"", SessionPayloadError.NoCookie)]
    [InlineData("", SessionPayloadError.Malformed)]
    [InlineData("{", SessionPayloadError.Malformed)]
    [InlineData("""{"canary":1""", SessionPayloadError.Malformed)]
    [InlineData("""{"path":"/canary""", SessionPayloadError.Malformed)]
    [InlineData("""{"path":/canary}""", SessionPayloadError.Malformed)]
    [InlineData("""{} canary""", SessionPayloadError.Malformed)]
    public void What_is_no_cookie_is_a_typed_error(string json, SessionPayloadError expected)
    {
        var error = Assert.Throws<SessionPayloadException>(() => Cookies.Parse(json));
        Assert.Equal(expected, error.Error);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
    }
}
