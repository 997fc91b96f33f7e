using System.Diagnostics;
using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Fuzz;

/// <summary>For any Cookie header: the session that it is signed for, or none, and never an exception.</summary>
public sealed class CookieFuzzTests(ITestOutputHelper output)
{
    // The request itself; then decoding, unsigning and splitting at most so much a character.
    private const int AllocatedByAnyRequest = 16 * 1024;
    private const int AllocatedPerCharacter = 64;

    [Fact]
    public async Task A_cookie_header_is_the_session_that_it_is_signed_for_or_none()
    {
        var seed = Random.Shared.Next();
        var inputs = Scale.Of(10_000, 2_500_000);
        output.WriteLine($"seed {seed}");
        var time = Stopwatch.StartNew();
        var accepted = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        var store = new AskedStore();
                        await using var pipeline = new BarePipeline(store, static _ => Task.CompletedTask);

                        // What a process pays once, for its first signature and its first call of a store, is no cost of a header.
                        await pipeline.RunAsync("a=b");
                        await pipeline.RunAsync(SignedCookie.Of(Sessions.NewSid()));
                        for (var input = worker; input < inputs; input += Environment.ProcessorCount)
                        {
                            var headers = CookieTexts.New(new Random(unchecked(seed + input)));
                            store.Forget();
                            var before = GC.GetAllocatedBytesForCurrentThread();
                            var running = pipeline.RunAsync(headers);
                            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

                            Assert.True(running.IsCompletedSuccessfully, $"An exception; seed {seed + input}: {running.Exception}");
                            var expected = CookieHeaderOracle.Read(headers, SessionCookieOptions.DefaultName, LeakCollector.Secret);
                            Assert.True(
                                store.Asked == expected,
                                $"Asked for {(store.Asked is null ? "none" : "one")}, expected {(expected is null ? "none" : "one")}; "
                                    + $"seed {seed + input}."
                            );
                            Assert.Equal(expected is null ? 0 : 1, store.Calls);
                            Assert.True(
                                allocated <= AllocatedByAnyRequest + (headers.Sum(static header => header.Length) * AllocatedPerCharacter),
                                $"{allocated} bytes; seed {seed + input}."
                            );
                            if (expected is not null)
                            {
                                Interlocked.Increment(ref accepted);
                            }
                        }
                    })
                )
        );
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{inputs:N0} headers in {time.Elapsed.TotalSeconds:0.0} s, {accepted:N0} of them signed for a session"
            )
        );

        // A generator that makes nothing acceptable, or nothing else, tests nothing.
        Assert.InRange(accepted, inputs / 20, inputs / 2);
    }
}
