using System.Text;
using System.Text.Json;
using ServerSessions.Interop.CrossRuntime.Cases;
using ServerSessions.Interop.CrossRuntime.Running;
using ServerSessions.Payload;

namespace ServerSessions.Interop.CrossRuntime;

/// <summary>
/// What <c>JSON.parse</c> and express-session's <c>createSession</c> take for a session is one here, and nothing else is.
/// </summary>
public sealed class JsonParseTests(BothRuntimes runtimes, ITestOutputHelper output)
{
    private const int Texts = 4000;

    private static readonly DateTimeOffset At = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Random_JSON_is_a_session_here_where_it_is_one_in_Node_with_the_same_keys_and_content()
    {
        var (sessions, others) = (0, 0);
        await CheckAsync(
            static json => json.Text(),
            (text, written, node) =>
            {
                Assert.True(node.GetProperty("isSession").GetBoolean() == written is not null, text);
                Assert.True(node.GetProperty("isJson").GetBoolean() == SessionJson.IsValue(Encoding.UTF8.GetBytes(text)), text);
                if (written is null)
                {
                    others++;
                    return;
                }

                sessions++;
                Assert.True(node.GetProperty("same").GetBoolean(), text);
                var keys = node.GetProperty("keys")
                    .EnumerateArray()
                    .Select(static key => Encoding.Unicode.GetString(key.GetBytesFromBase64()));
                var ours = SessionDocument
                    .Parse(Encoding.UTF8.GetBytes(text))
                    .Keys.Select(static key => Encoding.Unicode.GetString(Encoding.Unicode.GetBytes(key)));
                Assert.True(keys.Order(StringComparer.Ordinal).SequenceEqual(ours.Order(StringComparer.Ordinal)), text);
            }
        );
        output.WriteLine($"{sessions} sessions, {others} others.");
        Assert.True(sessions > Texts / 3 && others > Texts / 10, $"{sessions} sessions, {others} others.");
    }

    [Fact]
    public async Task Every_cookie_that_express_session_can_work_with_is_the_same_cookie_here()
    {
        var (read, refused) = (0, 0);
        await CheckAsync(
            static json => $$"""{"cookie":{{json.Cookie()}}}""",
            (text, written, node) =>
            {
                var expected = node.GetProperty("cookie");
                SessionCookie cookie;
                try
                {
                    cookie = SessionCookie.Parse(SessionDocument.Parse(written).CookieJson.Span, new StandingClock());
                }
                catch (SessionPayloadException error)
                {
                    refused++;
                    Assert.Equal(SessionPayloadError.InvalidCookie, error.Error);
                    Assert.True(
                        expected.TryGetProperty("error", out var why) && why.GetString()!.Contains("maxAge", StringComparison.Ordinal),
                        text
                    );
                    return;
                }

                read++;
                cookie.Touch();
                var actual = JsonSerializer.SerializeToElement(
                    new
                    {
                        expires = cookie.Expires?.ToUnixTimeMilliseconds(),
                        originalMaxAge = cookie.OriginalMaxAge is { } age && age != TimeSpan.Zero ? (double?)age.TotalMilliseconds : null,
                        path = string.IsNullOrEmpty(cookie.Path) ? null : cookie.Path,
                        domain = string.IsNullOrEmpty(cookie.Domain) ? null : cookie.Domain,
                        httpOnly = cookie.HttpOnly == true,
                        secure = cookie.Secure == true,
                        partitioned = cookie.Partitioned == true,
                        sameSite = cookie.SameSite switch
                        {
                            null or SessionSameSite.Off => null,
                            SessionSameSite.True => "strict",
                            var sameSite => sameSite.ToString()!.ToLowerInvariant(),
                        },
                        priority = cookie.Priority?.ToString().ToLowerInvariant(),
                    }
                );
                foreach (var member in actual.EnumerateObject())
                {
                    // Lifetimes have whole milliseconds here.
                    var theirs = expected.GetProperty(member.Name);
                    var isSame =
                        member.Value.ValueKind == JsonValueKind.Number && theirs.ValueKind == JsonValueKind.Number
                            ? Math.Abs(member.Value.GetDouble() - theirs.GetDouble()) < 1
                            : JsonElement.DeepEquals(member.Value, theirs);
                    Assert.True(isSame, $"{member.Name} is {member.Value} here and {theirs} in Node: {text}");
                }
            }
        );
        output.WriteLine($"{read} read, {refused} refused.");
        Assert.True(read > Texts / 2 && refused > Texts / 50);
    }

    private async Task CheckAsync(Func<RandomJson, string> make, Action<string, byte[]?, JsonElement> check)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        var json = new RandomJson(new Random(seed));
        var texts = Enumerable.Range(0, Texts).Select(_ => make(json)).ToList();
        foreach (var some in texts.Chunk(500))
        {
            var ours = some.Select(static text => (Text: text, Written: Write(text))).ToList();
            var node = await runtimes.LookAsync(At, ours.Select(static pair => (Encoding.UTF8.GetBytes(pair.Text), pair.Written)));
            foreach (var (index, reply) in node.EnumerateArray().Index())
            {
                check(ours[index].Text, ours[index].Written, reply);
            }
        }
    }

    private static byte[]? Write(string text)
    {
        try
        {
            return SessionDocument.Parse(Encoding.UTF8.GetBytes(text)).ToPayload();
        }
        catch (SessionPayloadException)
        {
            return null;
        }
    }

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => At;
    }
}
