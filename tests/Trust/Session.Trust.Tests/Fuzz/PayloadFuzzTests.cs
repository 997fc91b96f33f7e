using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsCheck;
using ServerSessions.Payload;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Fuzz;

/// <summary>
/// For any bytes of a backend: the session that System.Text.Json reads in them too, or <see cref="SessionPayloadException"/>. A failing
/// run names its seed.
/// </summary>
public sealed class PayloadFuzzTests(ITestOutputHelper output)
{
    // A member costs its slices in a list that grows by doubling, and its name if there are many.
    private const int AllocatedByAnyPayload = 16 * 1024;
    private const int AllocatedPerByte = 128;

    private int _inputs;
    private int _sessions;
    private int _cookies;

    [Fact]
    public void Any_bytes_are_the_session_that_System_Text_Json_reads_in_them_or_a_typed_error()
    {
        var inputs = Scale.Of(10_000, 3_000_000);
        var time = Stopwatch.StartNew();
        Payloads.All.Sample(Check, iter: inputs, time: -1, print: static payload => Convert.ToBase64String(payload));
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_inputs:N0} payloads in {time.Elapsed.TotalSeconds:0.0} s: {_sessions:N0} sessions, {_cookies:N0} with a cookie "
                    + $"that can be read"
            )
        );
        Assert.InRange(_sessions, inputs / 20, inputs);
        Assert.InRange(_cookies, inputs / 50, _sessions - 1);
    }

    [Fact]
    public void Every_cut_and_every_flipped_bit_of_a_session_is_read_alike_by_both()
    {
        var payload =
            """{"cookie":{"originalMaxAge":3600000,"expires":"2030-01-01T00:00:00.000Z","secure":false,"httpOnly":true,"domain":"example.com","path":"/","sameSite":"lax"},"us\u0065r":{"name":"Zoë 😀","lone":"\ud800","roles":["a",{"b":[[]]}]},"12":-1.5e3,"cookie2":null,"user":true}"""u8.ToArray();
        for (var length = 0; length <= payload.Length; length++)
        {
            Check(payload[..length]);
            Check(payload[length..]);
        }

        for (var bit = 0; bit < payload.Length * 8; bit++)
        {
            var flipped = payload.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Check(flipped);
        }

        output.WriteLine($"{_inputs} payloads, {_sessions} of them sessions");
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    [InlineData("[{\"a\":[", "]}]")]
    public void Nesting_of_any_depth_is_read_as_System_Text_Json_reads_it_and_costs_no_stack(string open, string close)
    {
        // JsonDocument takes time that grows with the square of the depth: here seconds for all, and minutes for ten times as deep.
        foreach (var levels in (int[])[1, 20, 21, 22, 61, 62, 63, 64, 65, 1000, 5000 / close.Length])
        {
            foreach (var end in (string[])["", string.Concat(Enumerable.Repeat(close, levels))])
            {
                var nested = string.Concat(Enumerable.Repeat(open, levels)) + (open.EndsWith(':') ? "1" : "") + end;
                Check(Encoding.UTF8.GetBytes($$"""{"cookie":{},"a":{{nested}}}"""));
                Check(Encoding.UTF8.GetBytes($$"""{"cookie":{{nested}}}"""));
                Check(Encoding.UTF8.GetBytes(nested));
            }
        }

        // Here it cannot be asked.
        foreach (var levels in (int[])[100_000, 3_000_000])
        {
            var opened = string.Concat(Enumerable.Repeat(open, levels)) + (open.EndsWith(':') ? "1" : "");
            Assert.Null(Parse(Encoding.UTF8.GetBytes($$"""{"cookie":{},"a":{{opened}}""")));
            var whole = Encoding.UTF8.GetBytes($$"""{"cookie":{},"a":{{opened}}{{string.Concat(Enumerable.Repeat(close, levels))}}}""");
            Assert.Equal(whole, Parse(whole)!.ToPayload());
        }
    }

    [Fact]
    public void Any_text_is_the_same_after_it_was_stored_and_read() =>
        Gen.OneOf(Gen.Char, Gen.Char['\ud7f0', '\ue010'], Gen.Char['\0', '\u007f'])
            .Array[0, 40]
            .Select(static characters => new string(characters))
            .Sample(
                static text =>
                {
                    var document = new SessionDocument("{}"u8.ToArray());
                    document.SetJson(
                        text == SessionDocument.CookieName ? "x" : text,
                        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(text, Json)
                    );
                    var read = SessionDocument.Parse(document.ToPayload());
                    var key = Assert.Single(read.Keys);
                    Assert.True(read.TryGetJson(key, out var value));
                    var decoded = SessionJson.DecodeString(value.Span);

                    // Written through UTF-16 nothing is lost, lone surrogates included.
                    Assert.True((text == SessionDocument.CookieName || key == text) && decoded == text);
                },
                iter: Scale.Of(2_000, 500_000),
                time: -1
            );

    private static readonly System.Text.Json.JsonSerializerOptions Json = new() { Encoder = SessionJson.Encoder };

    private void Check(byte[] payload)
    {
        Interlocked.Increment(ref _inputs);
        var expected = PayloadOracle.Read(payload);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var document = Parse(payload);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(
            allocated <= AllocatedByAnyPayload + ((long)payload.Length * AllocatedPerByte),
            $"{allocated} bytes for {payload.Length}."
        );
        Assert.Equal(expected is not null, document is not null);
        Assert.Equal(PayloadOracle.IsJson(payload), SessionJson.IsValue(payload));
        if (document is not null)
        {
            Interlocked.Increment(ref _sessions);
            CheckSession(document, expected!);
        }
    }

    private void CheckSession(SessionDocument document, List<(string Key, byte[] Value)> expected)
    {
        var keys = expected.Where(static member => member.Key != SessionDocument.CookieName).ToList();
        Assert.Equal(keys.Select(static member => member.Key), document.Keys);
        foreach (var (key, value) in keys)
        {
            Assert.True(document.TryGetJson(key, out var json) && json.Span.SequenceEqual(value));
        }

        var written = document.ToPayload();
        var again = SessionDocument.Parse(written);
        Assert.True(again.ContentEquals(document));
        Assert.Equal(written, again.ToPayload());

        SessionCookie cookie;
        try
        {
            cookie = SessionCookie.Parse(document.CookieJson.Span, TimeProvider.System);
        }
        catch (SessionPayloadException)
        {
            return;
        }

        Interlocked.Increment(ref _cookies);

        // A path that cannot be sent is left out, and what is left out reads as the default, as in Node: from then on nothing changes any
        // more.
        var stored = SessionCookie.Parse(cookie.ToJson(), TimeProvider.System).ToJson();
        Assert.Equal(stored, SessionCookie.Parse(stored, TimeProvider.System).ToJson());
        cookie.Touch();
        SessionCookie.Parse(cookie.ToJson(), TimeProvider.System);
    }

    private static SessionDocument? Parse(byte[] payload)
    {
        try
        {
            return SessionDocument.Parse(payload);
        }
        catch (SessionPayloadException)
        {
            return null;
        }
    }
}
