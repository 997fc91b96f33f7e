using System.Globalization;
using System.Text;
using CsCheck;
using ServerSessions.Payload;
using ServerSessions.Trust.Tests.Fuzz;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Agreement;

/// <summary>What a session holds comes back from every store as it was, to the byte (T38).</summary>
public sealed class RoundTripTests(Fleet fleet, ITestOutputHelper output)
{
    private const int AtOnce = 8;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Every_session_comes_back_to_the_byte(string backend)
    {
        var sessions = Scale.Of(200, 10_000);
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var store = (await fleet.Places.NewAsync(backend)).Open();
        var payloads = Payloads.All.Where(IsSession).Array[sessions].Generate(new PCG(1, (ulong)seed), null, out _);
        await Parallel.ForEachAsync(
            payloads.Select(static (payload, i) => (payload, i)),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancel },
            async (one, cancel) =>
            {
                var sid = string.Create(CultureInfo.InvariantCulture, $"{one.i}");
                await store.SetAsync(sid, new SessionRecord(one.payload, TimeProvider.System.GetUtcNow().AddHours(1)), cancel);
                var read = await store.GetAsync(sid, cancel);
                Assert.True(
                    read is not null && read.Payload.Span.SequenceEqual(one.payload),
                    $"{Text(one.payload)} came back as {(read is null ? "nothing" : Text(read.Payload.Span))}"
                );
            }
        );
        await StorePlace.CloseAsync(store);
        output.WriteLine($"{backend}: {sessions} sessions, {payloads.Sum(static payload => payload.Length)} bytes");
    }

    /// <summary>
    /// Whether the middleware could have written it: the files of session-file-store keep an expiry that is reckoned by the cookie.
    /// </summary>
    private static bool IsSession(byte[] payload)
    {
        try
        {
            SessionCookie.Parse(SessionDocument.Parse(payload).CookieJson.Span, TimeProvider.System);
            return true;
        }
        catch (SessionPayloadException)
        {
            return false;
        }
    }

    private static string Text(ReadOnlySpan<byte> payload) => $"{Encoding.UTF8.GetString(payload)} ({Convert.ToBase64String(payload)})";
}
