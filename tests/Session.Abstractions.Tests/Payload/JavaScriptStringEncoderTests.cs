using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Payload;

/// <summary>Every expectation is what <c>JSON.stringify</c> of Node 20 gives.</summary>
public sealed class JavaScriptStringEncoderTests
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = SessionJson.Encoder };

    // Text and JSON. Not theory data: lone surrogates would not survive the way from discovery to the test.
    private static readonly (string Text, string Json)[] Samples =
    [
        ("", "\"\""),
        ("\"", "\"\\\"\""),
        ("\\", "\"\\\\\""),
        ("\b\t\n\f\r\u000b\0\u001f", "\"\\b\\t\\n\\f\\r\\u000b\\u0000\\u001f\""),
        (" \u007f", "\" \u007f\""),
        ("\u0080\u00a0\ufeff\ufffe\uffff", "\"\u0080\u00a0\ufeff\ufffe\uffff\""),
        ("\u2028\u2029", "\"\u2028\u2029\""),
        ("<&>'+/`", "\"<&>'+/`\""),
        ("Zoë ключ 😀", "\"Zoë ключ 😀\""),
        ("\ud800", "\"\\ud800\""),
        ("\udc00a", "\"\\udc00a\""),
        ("a\udbff", "\"a\\udbff\""),
        ("\udfff\ud800", "\"\\udfff\\ud800\""),
        ("\ud83d\ud83d\ude00\ude00", "\"\\ud83d😀\\ude00\""),
        ("\ud83d\"\ude00", "\"\\ud83d\\\"\\ude00\""),
    ];

    [Fact]
    public void Strings_are_written_as_javascript_writes_them() =>
        Assert.All(Samples, static sample => Assert.Equal(sample.Json, Serialize(sample.Text)));

    [Fact]
    public async Task What_is_no_UTF_8_is_written_in_a_time_that_grows_with_its_length_alone()
    {
        // With a time that grows with the square of the length, this takes a quarter of an hour.
        var text = new byte[8 << 20];
        Array.Fill(text, (byte)0xFF);
        var written = new byte[3 * text.Length];
        var encoding = Task.Run(() =>
            SessionJson.Encoder.EncodeUtf8(text, written, out _, out var length) == OperationStatus.Done ? length : -1
        );

        Assert.Equal(written.Length, await encoding.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(new string('\ufffd', text.Length), Encoding.UTF8.GetString(written));
    }

    [Theory]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("😀")]
    public void A_character_that_lies_across_any_boundary_comes_whole(string character)
    {
        for (var before = 1015; before <= 1030; before++)
        {
            var text = new string('x', before) + character + new string('y', 2000) + character;
            var utf8 = Encoding.UTF8.GetBytes(text);
            var written = new byte[utf8.Length];

            Assert.Equal(OperationStatus.Done, SessionJson.Encoder.EncodeUtf8(utf8, written, out _, out var length));
            Assert.Equal(text, Encoding.UTF8.GetString(written.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Names_of_dictionaries_too() =>
        Assert.All(Samples, static sample =>
            Assert.Equal($"{{{sample.Json}:{sample.Json}}}", Serialize(new Dictionary<string, string> { [sample.Text] = sample.Text }))
        );

    [Fact]
    public void Long_strings_too()
    {
        foreach (var length in new[] { 100, 127, 128, 255, 256, 257, 511, 512, 1023, 1024, 1025, 4095, 4096, 4097, 70_000 })
        {
            var plain = new string('x', length);
            foreach (var (text, json) in Samples)
            {
                Assert.Equal($"\"{plain}{json[1..]}", Serialize(plain + text));
                Assert.Equal($"\"{plain}{json[1..^1]}{plain}\"", Serialize(plain + text + plain));
                Assert.Equal($"\"é{plain}{json[1..^1]}é\"", Serialize($"é{plain}{text}é"));
            }

            var surrogates = string.Concat(Enumerable.Repeat("\ud800😀", length));
            Assert.Equal("\"" + string.Concat(Enumerable.Repeat("\\ud800😀", length)) + "\"", Serialize(surrogates));
        }
    }

    [Fact]
    public void A_document_escapes_its_keys_in_the_same_way() => Assert.All(Samples, static sample =>
        {
            foreach (var text in new[] { sample.Text, new string('x', 5000) + sample.Text })
            {
                var document = Documents.Parse("""{"cookie":{}}""");
                document.Set(text, "1");
                Assert.Equal($"{{\"cookie\":{{}},{Serialize(text)}:1}}", document.Text());
                Assert.Equal([text], Documents.Parse(document.Text()).Keys);
            }
        });

    [Fact]
    public void Each_of_the_65536_characters_is_escaped_exactly_where_javascript_does()
    {
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var text = ((char)c).ToString();
            var escaped = c < 0x20 || c is '"' or '\\' || char.IsSurrogate((char)c);
            Assert.Equal(escaped ? 0 : -1, FirstToEncode(text));
            Assert.Equal(escaped, SessionJson.Encoder.WillEncode(c));
            Assert.Equal(escaped, SessionJson.Encoder.Encode(text) != text);
        }
    }

    [Fact]
    public void Text_is_encoded_alike_however_small_the_buffer_and_wherever_it_is_cut()
    {
        foreach (var (text, json) in Samples)
        {
            for (var size = SessionJson.Encoder.MaxOutputCharactersPerInputCharacter; size < 20; size++)
            {
                Assert.Equal(json[1..^1], EncodeInPieces("plain" + text + "plain", size)["plain".Length..^"plain".Length]);
            }
        }
    }

    [Fact]
    public void Utf8_is_encoded_alike_however_small_the_buffer()
    {
        var utf8 = Encoding.UTF8.GetBytes("plain\"é\\😀\u0001\u2028plain");
        for (var size = SessionJson.Encoder.MaxOutputCharactersPerInputCharacter; size < 20; size++)
        {
            var rest = utf8.AsSpan();
            var buffer = new byte[size];
            var encoded = new List<byte>();
            while (!rest.IsEmpty)
            {
                var status = SessionJson.Encoder.EncodeUtf8(rest, buffer, out var consumed, out var written);
                Assert.True(consumed > 0, $"No progress with {size} bytes.");
                Assert.True(status == OperationStatus.Done == (consumed == rest.Length));
                Assert.True(System.Text.Unicode.Utf8.IsValid(buffer.AsSpan(0, written)));
                encoded.AddRange(buffer.AsSpan(0, written));
                rest = rest[consumed..];
            }

            Assert.Equal("plain\\\"é\\\\😀\\u0001\u2028plain", Encoding.UTF8.GetString([.. encoded]));
        }
    }

    [Fact]
    public void Bytes_that_are_not_utf8_become_replacement_characters()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = SessionJson.Encoder }))
        {
            writer.WriteStringValue([(byte)'a', 0xFF, (byte)'"', 0xED, 0xA0, 0x80, 0xC3]);
        }

        Assert.Equal("\"a\ufffd\\\"\ufffd\ufffd\ufffd\ufffd\"", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static string Serialize<T>(T value) => Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(value, Options));

    private static unsafe int FirstToEncode(string text)
    {
        fixed (char* characters = text)
        {
            return SessionJson.Encoder.FindFirstCharacterToEncode(characters, text.Length);
        }
    }

    private static string EncodeInPieces(string text, int size)
    {
        var encoded = new StringBuilder();
        var buffer = new char[size];
        var start = 0;
        for (var end = 1; start < text.Length; end = Math.Min(end + 1, text.Length))
        {
            SessionJson.Encoder.Encode(
                text.AsSpan(start, end - start),
                buffer,
                out var consumed,
                out var written,
                isFinalBlock: end == text.Length
            );
            encoded.Append(buffer, 0, written);
            start += consumed;
        }

        return encoded.ToString();
    }
}
