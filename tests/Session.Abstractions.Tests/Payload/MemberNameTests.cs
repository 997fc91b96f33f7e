using System.Globalization;
using System.Text;

namespace ServerSessions.Tests.Payload;

public sealed class MemberNameTests
{
    [Theory]
    [InlineData("""{"a":1,"cookie":{},"a":2}""", """{"a":2,"cookie":{}}""")]
    [InlineData("""{"a":1,"cookie":{},"\u0061":2}""", """{"a":2,"cookie":{}}""")]
    [InlineData("""{"\u0061":1,"cookie":{},"a":2,"b":3}""", """{"\u0061":2,"cookie":{},"b":3}""")]
    [InlineData("""{"cookie":1,"a":1,"c\u006fokie":{}}""", """{"cookie":{},"a":1}""")]
    [InlineData("""{"":1,"cookie":{},"":2,"":3}""", """{"":3,"cookie":{}}""")]
    [InlineData("""{"\ud83d\ude00":1,"cookie":{},"😀":2}""", """{"\ud83d\ude00":2,"cookie":{}}""")]
    [InlineData("""{"\ud800":1,"cookie":{},"\uD800":2,"\ud801":3}""", """{"\ud800":2,"cookie":{},"\ud801":3}""")]
    public void A_name_that_stands_twice_keeps_its_first_place_and_its_last_value(string payload, string expected)
    {
        Assert.Equal(expected, Documents.Parse(payload).Text());

        // The same among so many members that names are looked up instead of compared in pairs.
        var many = string.Concat(Enumerable.Range(0, 50).Select(static i => $"\"m{i}\":{i},"));
        Assert.Equal("{" + many + expected[1..], Documents.Parse("{" + many + payload[1..]).Text());
    }

    [Fact]
    public void Names_that_all_stand_twice_are_all_merged()
    {
        foreach (var count in new[] { 12, 13, 24, 25, 500 })
        {
            var once = string.Concat(Enumerable.Range(0, count).Select(static i => $",\"m{i}\":1"));
            var twice = string.Concat(Enumerable.Range(0, count).Reverse().Select(static i => $",\"m{i}\":{i}"));
            var expected = string.Concat(Enumerable.Range(0, count).Select(static i => $",\"m{i}\":{i}"));
            Assert.Equal("{\"cookie\":{}" + expected + "}", Documents.Parse("{\"cookie\":{}" + once + twice + "}").Text());
        }
    }

    [Fact]
    public void Any_text_may_be_a_key()
    {
        string[] keys =
        [
            "",
            " ",
            "__proto__",
            "constructor",
            "\"",
            "\\",
            "a\"b\\c",
            "\0",
            "\b\t\n\f\r\u000b\u001f",
            "\u007f\u0080",
            "\u2028",
            "</script>",
            "é",
            "e\u0301",
            "😀",
            "\ud800",
            "\udc00",
            "a\ud800b",
            "\ud83d\ud83d\ude00",
            "Cookie",
            "cookie ",
            "id",
            new string('k', 1000),
            new string('é', 500) + "\"",
        ];
        var document = Documents.Parse("""{"cookie":{}}""");
        for (var i = 0; i < keys.Length; i++)
        {
            document.Set(keys[i], i.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var read in new[] { document, Documents.Parse(document.Text()), Documents.Parse(Documents.Parse(document.Text()).Text()) })
        {
            Assert.Equal(keys, read.Keys);
            Assert.All(keys.Index(), key => Assert.Equal(key.Index.ToString(CultureInfo.InvariantCulture), read.Get(key.Item)));
        }

        document = Documents.Parse(document.Text());
        Assert.All(keys, key => Assert.True(document.Remove(key)));
        Assert.Equal("""{"cookie":{}}""", document.Text());
    }

    [Fact]
    public void Names_are_written_as_javascript_writes_them()
    {
        var document = Documents.Parse("""{"cookie":{}}""");
        document.Set("\ud800", "1");
        document.Set("\"\n", "2");
        document.Set("\u001f\u2028é😀</", "3");
        Assert.Equal("{\"cookie\":{},\"\\ud800\":1,\"\\\"\\n\":2,\"\\u001f\u2028é😀</\":3}", document.Text());
    }

    [Fact]
    public void Lone_surrogates_that_node_wrote_survive_in_names_and_values()
    {
        const string Payload = """{"cookie":{},"\ud800":"\udfff","a\udc00":["\ud83d😀\ude00"],"\ud83d\ude00":1}""";
        var document = Documents.Parse(Payload);
        Assert.Equal(["\ud800", "a\udc00", "😀"], document.Keys);
        Assert.Equal("\"\\udfff\"", document.Get("\ud800"));
        Assert.Null(document.Get("\ud801"));
        Assert.Null(document.Get(""));
        Assert.Null(document.Get("\ufffd"));
        Assert.Equal("1", document.Get("😀"));
        Assert.Equal(Payload, document.Text());
    }

    [Fact]
    public void A_name_keeps_the_spelling_it_came_in_when_its_value_is_set()
    {
        var document = Documents.Parse("""{"cookie":{},"\u0061\/":1}""");
        document.Set("a/", "2");
        Assert.Equal("""{"cookie":{},"\u0061\/":2}""", document.Text());
    }

    [Fact]
    public void Ten_thousand_keys_are_read_and_written()
    {
        var payload = new StringBuilder("{\"cookie\":{}");
        for (var i = 0; i < 10_000; i++)
        {
            payload.Append(CultureInfo.InvariantCulture, $",\"k\\u0065y{i}\":{i}");
        }

        var text = payload.Append('}').ToString();
        var document = Documents.Parse(text);
        Assert.Equal(10_000, document.Count);
        Assert.Equal("9999", document.Get("key9999"));
        Assert.Equal(text, document.Text());
    }
}
