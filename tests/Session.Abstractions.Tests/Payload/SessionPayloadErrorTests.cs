using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Payload;

public sealed class SessionPayloadErrorTests
{
    private const string Canary = "canary";

    private const string Sample =
        """{"cookie":{"expires":"2026-11-22T10:00:00.000Z","canary":true},"canary":["canary",-1.5e+3,{"canary\u00e9":null}],"é😀canary":"\ud800\"canary"}""";

    [Fact]
    public void A_payload_cut_off_anywhere_is_a_typed_error_that_shows_nothing_of_it()
    {
        var sample = Encoding.UTF8.GetBytes(Sample);
        Assert.Equal(2, SessionDocument.Parse(sample).Count);
        for (var length = 0; length < sample.Length; length++)
        {
            var error = Documents.ParseError(sample.AsMemory(0, length));
            Assert.True(error.Error is SessionPayloadError.Malformed or SessionPayloadError.InvalidUtf8, $"At {length}: {error.Error}.");
            Assert.InRange(error.BytePosition, 0, length);
            AssertShowsNothing(error);
        }
    }

    [Fact]
    public void A_payload_with_any_one_byte_spoiled_is_read_or_a_typed_error()
    {
        var sample = Encoding.UTF8.GetBytes(Sample);
        byte[] spoilers = [0, (byte)'"', (byte)'\\', (byte)'{', (byte)'}', (byte)'x', 0x80, 0xED, 0xFF];
        for (var i = 0; i < sample.Length * spoilers.Length; i++)
        {
            var spoiled = (byte[])sample.Clone();
            spoiled[i / spoilers.Length] = spoilers[i % spoilers.Length];
            if (Record.Exception(() => SessionDocument.Parse(spoiled).ToPayload()) is { } error)
            {
                AssertShowsNothing(Assert.IsType<SessionPayloadException>(error));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("""{"cookie":{}} canary""")]
    [InlineData("""{"cookie":{}}{}""")]
    [InlineData("""{"cookie":{}},""")]
    [InlineData("""{"cookie":{},}""")]
    [InlineData("""{"cookie":{}/*canary*/}""")]
    [InlineData("""{"cookie":{}}//canary""")]
    [InlineData("""/*canary*/{"cookie":{}}""")]
    [InlineData("""{'cookie':{}}""")]
    [InlineData("""{cookie:{}}""")]
    [InlineData("""{"cookie":{},"a":NaN}""")]
    [InlineData("""{"cookie":{},"a":01}""")]
    [InlineData("""{"cookie":{},"a":undefined}""")]
    [InlineData("""{"cookie":{},"a":"\x"}""")]
    [InlineData("""{"cookie":{},"a":"\u12"}""")]
    [InlineData("""{"cookie":{},"a" 1}""")]
    [InlineData("""{"cookie":{},"a":[1}""")]
    [InlineData("{\"cookie\":{},\"a\":\"canary\ncanary\"}")]
    [InlineData("{\"cookie\":{},\"a\nb\":1}")]
    [InlineData("{\"cookie\":{}}\0")]
    [InlineData("canary")]
    public void What_is_not_json_is_malformed(string payload)
    {
        var error = Documents.ParseError(payload);
        Assert.Equal(SessionPayloadError.Malformed, error.Error);
        AssertShowsNothing(error);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""["canary"]""")]
    [InlineData("\"canary\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData(" 12 ")]
    public void Json_that_is_no_object_is_told_apart(string payload) =>
        Assert.Equal(SessionPayloadError.NotAnObject, Documents.ParseError(payload).Error);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"Cookie":{}}""")]
    [InlineData("""{"a":{"cookie":{}}}""")]
    [InlineData("""{"cookie":null}""")]
    [InlineData("""{"cookie":[]}""")]
    [InlineData("""{"cookie":"{}"}""")]
    [InlineData("""{"cookie":1}""")]
    [InlineData("""{"cookie":{},"cookie":false}""")]
    public void A_session_without_a_cookie_object_is_none(string payload) =>
        Assert.Equal(SessionPayloadError.NoCookie, Documents.ParseError(payload).Error);

    [Fact]
    public void A_byte_order_mark_is_refused_as_node_refuses_it()
    {
        var error = Documents.ParseError("\ufeff{\"cookie\":{}}");
        Assert.Equal((SessionPayloadError.ByteOrderMark, 0L), (error.Error, error.BytePosition));
        Assert.Equal(SessionPayloadError.Malformed, Documents.ParseError("{\"cookie\":{}}\ufeff").Error);
        Assert.Equal("\"\ufeff\"", Documents.Parse("{\"cookie\":{},\"a\":\"\ufeff\"}").Get("a"));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_wherever_they_stand()
    {
        byte[][] invalid =
        [
            [0x80],
            [0xC3],
            [0xC0, 0x80],
            [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xFF, 0xFE],
        ];
        Assert.All(invalid, static bytes =>
        {
            Assert.Equal(SessionPayloadError.InvalidUtf8, Documents.ParseError(bytes).Error);
            byte[] inValue = [.. "{\"cookie\":{},\"canary\":\""u8, .. bytes, .. "\"}"u8];
            byte[] inName = [.. "{\"cookie\":{},\""u8, .. bytes, .. "\":1}"u8];
            byte[] afterwards = [.. "{\"cookie\":{}}"u8, .. bytes];
            foreach (var payload in new[] { inValue, inName, afterwards })
            {
                var error = Documents.ParseError(payload);
                Assert.Equal(SessionPayloadError.InvalidUtf8, error.Error);
                AssertShowsNothing(error);
            }
        });
    }

    [Theory]
    [InlineData('[', ']', 64)]
    [InlineData('{', '}', 65)]
    [InlineData('{', '}', 1_000)]
    [InlineData('[', ']', 5_000_000)]
    [InlineData('{', '}', 1_000_000)]
    public void A_value_is_read_and_written_back_however_deep_it_is(char open, char close, int levels)
    {
        var payload = Encoding.UTF8.GetBytes(Nested(levels, open, close));

        // As much stack as it takes to be called, so that nothing may go down level by level.
        var written = OnSmallStack(() =>
        {
            var document = SessionDocument.Parse(payload);
            Assert.True(document.TryGetJson("a", out var deep) && SessionJson.IsValue(deep.Span));
            document.SetJson("b", deep);
            Assert.True(document.Remove("b"));
            Assert.True(document.ContentEquals(SessionDocument.Parse(document.ToPayload())));
            return document.ToPayload();
        });

        Assert.True(written.AsSpan().SequenceEqual(payload));
    }

    [Fact]
    public void A_cookie_is_read_however_deep_a_member_is_that_nobody_knows()
    {
        var deep = new string('[', 1_000_000) + new string(']', 1_000_000);
        var cookie = OnSmallStack(() =>
            SessionCookie.Parse(Encoding.UTF8.GetBytes($$"""{"x":{{deep}},"path":"/a"}"""), TimeProvider.System)
        );
        Assert.Equal("/a", cookie.Path);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void What_is_deep_and_not_well_formed_is_malformed(string open, string close)
    {
        foreach (var levels in (int[])[63, 64, 65, 100_000])
        {
            var opened = "{\"cookie\":{},\"a\":" + string.Concat(Enumerable.Repeat(open, levels));
            var closed = string.Concat(Enumerable.Repeat(close, levels));
            string[] spoiled =
            [
                opened,
                opened + "x",
                opened + "1" + closed,
                opened + "1" + closed + close + "}",
                opened + "1" + closed[..^1] + (close == "]" ? "}" : "]") + "}",
            ];
            Assert.All(spoiled, static payload => Assert.Equal(SessionPayloadError.Malformed, Documents.ParseError(payload).Error));
        }
    }

    private static T OnSmallStack<T>(Func<T> work)
    {
        var result = default(T);
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() => result = work()), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        return result!;
    }

    private static string Nested(int levels, char open, char close)
    {
        var opening = open == '[' ? "[" : "{\"a\":";
        var inner = new StringBuilder(opening.Length * levels).Insert(0, opening, levels - 2);
        return $"{{\"cookie\":{{}},\"a\":{inner}{open}{close}{new string(close, levels - 2)}}}";
    }

    private static void AssertShowsNothing(SessionPayloadException error)
    {
        Assert.DoesNotContain(Canary, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, error.ToString(), StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }
}
