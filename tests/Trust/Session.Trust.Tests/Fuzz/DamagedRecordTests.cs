using System.Text;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Fuzz;

/// <summary>
/// Records that were cut or changed at rest, asked for over HTTP (F31): a session, or an error that leaves the record for a
/// repair.
/// </summary>
public sealed class DamagedRecordTests(Fleet fleet, ITestOutputHelper output)
{
    private static readonly byte[] Whole = Encoding.UTF8.GetBytes(
        $$"""{"cookie":{"originalMaxAge":86400000,"expires":"2099-01-01T00:00:00.000Z","httpOnly":true,"path":"/"},"{{TrustEndpoints.Owner}}":"{{LeakCollector.Payload}}é","n":[1,{"a":null}]}"""
    );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task A_record_that_was_damaged_is_a_session_or_an_error_and_stays_where_it_is(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var store = (await fleet.Places.NewAsync(backend)).Open();
        await using var host = await TrustHost.StartAsync(store);
        var (sessions, errors, refused) = (0, 0, 0);
        foreach (var payload in Damaged().Where(_ => random.Next(Scale.Of(20, 1)) == 0))
        {
            var sid = Sessions.NewSid();
            LeakCollector.Shared.AddSid(sid);
            try
            {
                await store.SetAsync(sid, new SessionRecord(payload, TimeProvider.System.GetUtcNow().AddDays(1)), Cancel);
            }
            catch (SessionStoreException)
            {
                // What takes JSON alone cannot come to hold this.
                refused++;
                continue;
            }

            var answer = await host.Client.SendAsync("/get", SignedCookie.Of(sid), TrustEndpoints.Owner);
            Assert.True(answer.Status is 200 or 500 or 503, $"{answer.Status} for {Convert.ToBase64String(payload)}");
            (sessions, errors) = answer.Status == 200 ? (sessions + 1, errors) : (sessions, errors + 1);
            if (answer.Status != 200)
            {
                Assert.Empty(answer.SetCookies);
                Assert.Equal(payload, (await store.GetAsync(sid, Cancel))!.Payload.ToArray());
            }
        }

        output.WriteLine($"{backend}: {sessions} are sessions, {errors} errors; {refused} were refused by the backend");
        Assert.True(sessions > 0 && errors + refused > 0);
        Assert.Equal(200, (await host.Client.SendAsync("/anonymous")).Status);
        await host.DisposeAsync();
        await StorePlace.CloseAsync(store);
    }

    /// <summary>Cut at each length but none, which a store refuses as no payload, and with each bit flipped.</summary>
    private static IEnumerable<byte[]> Damaged()
    {
        for (var length = 1; length < Whole.Length; length++)
        {
            yield return Whole[..length];
        }

        for (var bit = 0; bit < Whole.Length * 8; bit++)
        {
            var flipped = Whole.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return flipped;
        }
    }
}
