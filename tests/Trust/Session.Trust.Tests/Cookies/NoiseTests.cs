using Microsoft.AspNetCore.Builder;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>What comes without a session, junk and probes of all kinds, leaves no session and gets no cookie (F24, T13).</summary>
public sealed class NoiseTests(Fleet fleet, ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Requests_without_a_session_leave_nothing_in_the_store_and_get_no_cookie(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var store = (await fleet.Places.NewAsync(backend)).Open();
        var stale = await BotRequest.StaleAsync(store);
        var faults = 0;
        await using var host = await TrustHost.StartAsync(store, before: app => app.Use(next =>
                async context =>
                {
                    try
                    {
                        await next(context);
                    }
                    catch
                    {
                        Interlocked.Increment(ref faults);
                        throw;
                    }
                }
            ));
        for (var number = Scale.Of(500, 20_000); number > 0; number--)
        {
            var request = BotRequest.New(number, random, stale);
            if (request.SignedSid is { } sid)
            {
                LeakCollector.Shared.AddSid(sid);
            }

            var answer = await host.Client.SendAsync(
                request.Path,
                key: TrustEndpoints.Owner,
                headers: [.. request.Cookies.Select(static cookie => ("Cookie", Sendable(cookie)))]
            );
            Assert.True(
                answer.Status == 200 && !request.IsGivenACookie(answer.SetCookies),
                $"{answer.Status} to request {number}, or it was given a cookie; seed {seed}."
            );
            Assert.Contains(answer.Body, (string[])["ok", "done", TrustEndpoints.None]);
        }

        Assert.Equal(0, faults);
        Assert.Equal(0, await ((IEnumerableSessionStore)store).LengthAsync(Cancel));
        await host.DisposeAsync();
        await StorePlace.CloseAsync(store);
    }

    /// <summary>What a client library lets through; the rest the server refuses itself.</summary>
    private static string Sendable(string cookie) =>
        string.Concat(cookie.Select(static character => character is >= ' ' and <= '~' ? character : '~'));
}
