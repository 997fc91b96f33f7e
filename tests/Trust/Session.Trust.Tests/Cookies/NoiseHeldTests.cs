using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Cookies;

/// <summary>What comes without a session, junk and probes of all kinds, is not remembered (F24, T13).</summary>
[Collection(nameof(Alone))]
public sealed class NoiseHeldTests(ITestOutputHelper output)
{
    // A session id, kept for each request, is 88 bytes: 800 KB in the small run.
    private const long HeldByAnyNumber = 128 * 1024;

    // What is remembered of requests grows with each part of them. What the process keeps besides, left by the tests before (drivers,
    // servers), grows at any time, in one or two of them.
    private const int Parts = 10;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_requests_come_without_a_session_none_is_stored_no_cookie_is_set_and_no_memory_is_held()
    {
        var seed = Random.Shared.Next();
        var requests = Scale.Of(10_000, 1_000_000);
        output.WriteLine($"seed {seed}");
        var (random, time) = (new Random(seed), Stopwatch.StartNew());
        var inner = new StorePlace("memory", "").Open();
        var store = new CountingStore(inner);
        await using var pipeline = new BarePipeline(store, HandleAsync);
        var stale = await BotRequest.StaleAsync(inner);
        var held = new List<long>();
        for (var number = 0; number < requests; number++)
        {
            if (number > 0 && number % (requests / Parts) == 0)
            {
                held.Add(Held());
            }

            var request = BotRequest.New(number, random, stale);
            var headers = await pipeline.AnswerAsync(request.Path, request.Cookies);
            Assert.False(request.IsGivenACookie(headers.SetCookie), $"Request {number} was given a cookie; seed {seed}.");
        }

        held.Add(Held());
        var grown = held.Zip(held.Skip(1), static (before, after) => after - before).Order().ToList();
        var remembered = grown[grown.Count / 2] * grown.Count;
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{requests:N0} requests in {time.Elapsed.TotalSeconds:0.0} s, {store.Calls:N0} calls of the store; held after a tenth "
                    + $"{held[0]:N0} bytes, at the end {held[^1] - held[0]:N0} more, "
            )
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"{remembered:N0} by what the parts have in common; least and most {grown[0]:N0} and {grown[^1]:N0} in one"
                )
        );
        Assert.Equal(0, store.Writes);
        Assert.Equal(0, await ((IEnumerableSessionStore)inner).LengthAsync(Cancel));
        Assert.InRange(remembered, long.MinValue, HeldByAnyNumber);

        // Requests that reach no store at all show nothing of it.
        Assert.InRange(store.Calls, requests / 4, requests);
    }

    private static async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path == BotRequest.Read)
        {
            await context.Response.WriteAsync(context.GetServerSession().Get<string>(TrustEndpoints.Owner) ?? TrustEndpoints.None);
            return;
        }

        if (context.Request.Path == BotRequest.SignOut)
        {
            await context.GetServerSession().DestroyAsync();
        }

        await context.Response.WriteAsync("ok");
    }

    private static long Held()
    {
        // What is left to finalizers is collected the second time.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
