using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Payload;

public sealed class SessionDocumentTests
{
    // As Node writes it: order of insertion, numbers and texts in JavaScript's spelling.
    private const string Sample =
        """{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"user":{"id":7,"name":"Zoë 😀"},"big":9007199254740993,"e":1e+21,"z":-0,"lone":"\ud800","list":[1,[],{}],"nothing":null,"yes":true}""";

    [Fact]
    public void What_nobody_touches_is_written_back_byte_for_byte() => Assert.Equal(Sample, Documents.Parse(Sample).Text());

    [Fact]
    public void Keys_come_in_their_order_without_the_cookie()
    {
        var document = Documents.Parse("""{"b":1,"cookie":{},"a":2,"10":3,"9":4}""");
        Assert.Equal(["b", "a", "10", "9"], document.Keys);
        Assert.Equal(4, document.Count);
    }

    [Fact]
    public void A_value_is_the_slice_that_stands_in_the_payload()
    {
        var document = Documents.Parse(Sample);
        Assert.Equal("""{"id":7,"name":"Zoë 😀"}""", document.Get("user"));
        Assert.Equal("9007199254740993", document.Get("big"));
        Assert.Equal("1e+21", document.Get("e"));
        Assert.Equal("\"\\ud800\"", document.Get("lone"));
        Assert.Equal("null", document.Get("nothing"));
        Assert.Null(document.Get("absent"));
        Assert.Null(document.Get("User"));
    }

    [Fact]
    public void A_key_is_set_in_its_place_and_a_new_one_at_the_end()
    {
        var document = Documents.Parse("""{"a":1,"cookie":{},"b":2}""");
        document.Set("a", "[]");
        document.Set("c", "\"x\"");
        Assert.Equal("""{"a":[],"cookie":{},"b":2,"c":"x"}""", document.Text());
    }

    [Fact]
    public void A_key_that_is_removed_is_gone_and_comes_back_at_the_end()
    {
        var document = Documents.Parse("""{"cookie":{},"a":1,"b":2}""");
        Assert.True(document.Remove("a"));
        Assert.False(document.Remove("a"));
        Assert.Equal(("""{"cookie":{},"b":2}""", 1), (document.Text(), document.Count));
        document.Set("a", "3");
        Assert.Equal("""{"cookie":{},"b":2,"a":3}""", document.Text());
    }

    [Fact]
    public void The_cookie_is_no_key_and_is_replaced_in_its_place()
    {
        var document = Documents.Parse("""{"a":1,"cookie":{"path":"/"},"b":2}""");
        Assert.Equal("""{"path":"/"}"""u8, document.CookieJson.Span);
        Assert.Null(document.Get("cookie"));
        Assert.Throws<ArgumentException>(() => document.Set("cookie", "{}"));
        Assert.Throws<ArgumentException>(() => document.Remove("cookie"));

        document.CookieJson = """{"path":"/app"}"""u8.ToArray();
        Assert.Equal("""{"a":1,"cookie":{"path":"/app"},"b":2}""", document.Text());
    }

    [Fact]
    public void Nothing_is_no_key()
    {
        var document = Documents.Parse("""{"cookie":{}}""");
        Assert.Throws<ArgumentNullException>(() => document.TryGetJson(null!, out _));
        Assert.Throws<ArgumentNullException>(() => document.SetJson(null!, default));
        Assert.Throws<ArgumentNullException>(() => document.Remove(null!));
        Assert.Throws<ArgumentNullException>(() => document.ContentEquals(null!));
    }

    [Fact]
    public void A_new_session_has_its_cookie_first()
    {
        var document = new SessionDocument(Encoding.UTF8.GetBytes("{}"));
        Assert.Equal((0, """{"cookie":{}}"""), (document.Count, document.Text()));
        document.Set("a", "1");
        Assert.Equal("""{"cookie":{},"a":1}""", document.Text());
    }

    [Fact]
    public void White_space_around_members_is_dropped_and_inside_values_kept()
    {
        var document = Documents.Parse("\r\n\t { \"cookie\" : { \"path\" : \"/\" } ,\n \"a\" : [ 1 , 2 ] , \"b\"\t:\t1.50 }\r\n ");
        Assert.Equal("{\"cookie\":{ \"path\" : \"/\" },\"a\":[ 1 , 2 ],\"b\":1.50}", document.Text());
    }

    [Fact]
    public void Each_side_of_a_clone_changes_on_its_own()
    {
        var original = Documents.Parse("""{"cookie":{},"a":1,"b":2}""");
        var clone = original.Clone();
        var cloneOfClone = clone.Clone();
        clone.Set("a", "9");
        original.Remove("b");
        original.CookieJson = """{"path":"/"}"""u8.ToArray();
        cloneOfClone.Set("c", "3");

        Assert.Equal("""{"cookie":{"path":"/"},"a":1}""", original.Text());
        Assert.Equal("""{"cookie":{},"a":9,"b":2}""", clone.Text());
        Assert.Equal("""{"cookie":{},"a":1,"b":2,"c":3}""", cloneOfClone.Text());
    }

    [Fact]
    public void A_clone_of_a_changed_document_has_the_changes()
    {
        var original = Documents.Parse("""{"cookie":{},"a":1}""");
        original.Set("a", "2");
        var clone = original.Clone();
        original.Set("a", "3");
        original.Set("a", "4");
        Assert.Equal(("2", "4"), (clone.Get("a"), original.Get("a")));
    }

    [Theory]
    [InlineData("""{"cookie":{},"a":1,"b":2}""", """{"cookie":{"path":"/x"},"a":1,"b":2}""", true)]
    [InlineData("""{"cookie":{},"a":1,"b":2}""", """{"a":1,"b":2,"cookie":{}}""", true)]
    [InlineData("""{"a":1,"cookie":{},"b":2}""", """{"cookie":{},"a":1,"b":2}""", true)]
    [InlineData("""{"cookie":{}}""", """{ "cookie" : {"x":1} }""", true)]
    [InlineData("""{"cookie":{},"a":1}""", """{"c\u006fokie":{},"\u0061":1}""", true)]
    [InlineData("""{"cookie":{},"a":1,"a":2}""", """{"cookie":{},"a":2}""", true)]
    [InlineData("""{"cookie":{},"a":1,"b":2}""", """{"cookie":{},"b":2,"a":1}""", false)]
    [InlineData("""{"cookie":{},"a":1}""", """{"cookie":{},"a":1.0}""", false)]
    [InlineData("""{"cookie":{},"a":1}""", """{"cookie":{},"b":1}""", false)]
    [InlineData("""{"cookie":{},"a":1}""", """{"cookie":{},"a":1,"b":2}""", false)]
    [InlineData("""{"cookie":{}}""", """{"cookie":{},"a":1}""", false)]
    public void Content_is_equal_where_keys_values_and_order_are_and_the_cookie_does_not_count(string one, string other, bool equal)
    {
        Assert.Equal(equal, Documents.Parse(one).ContentEquals(Documents.Parse(other)));
        Assert.Equal(equal, Documents.Parse(other).ContentEquals(Documents.Parse(one)));
    }

    [Fact]
    public void A_clone_equals_until_one_side_changes()
    {
        var original = Documents.Parse("""{"cookie":{},"a":1}""");
        var clone = original.Clone();
        Assert.True(original.ContentEquals(clone));
        clone.CookieJson = """{"path":"/"}"""u8.ToArray();
        Assert.True(original.ContentEquals(clone));
        clone.Set("a", "2");
        Assert.False(original.ContentEquals(clone));
        clone.Set("a", "1");
        Assert.True(original.ContentEquals(clone));
    }

    [Fact]
    public void New_keys_that_are_array_indexes_go_to_the_front_in_ascending_order_as_in_javascript()
    {
        var document = SessionDocument.Parse("""{"cookie":{},"b":1}"""u8.ToArray());

        foreach (var key in new[] { "12", "a", "2", "007", "4294967294", "4294967295", "-1" })
        {
            document.SetJson(key, "0"u8.ToArray());
        }

        Assert.Equal(
            """{"2":0,"12":0,"4294967294":0,"cookie":{},"b":1,"a":0,"007":0,"4294967295":0,"-1":0}""",
            System.Text.Encoding.UTF8.GetString(document.ToPayload())
        );
    }
}
