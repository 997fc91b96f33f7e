using System.Globalization;
using ServerSessions.Conformance;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// Connections that break anywhere and requests that are given up at any time never show a session to someone else (T03, F08).
/// </summary>
public sealed class MixedUpTests(Fleet fleet, ITestOutputHelper output)
{
    private const int Clients = 16;

    // Where a machine is so busy that connecting alone takes longer, nothing goes well between two faults.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Every_session_names_its_owner_whatever_breaks(string backend)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var (sessions, operations) = (Scale.Of(50, 1000), Scale.Of(500, 100_000));
        using var exceptions = new UnobservedExceptions(static text =>
            text.Contains("at ServerSessions.Stores.", StringComparison.Ordinal) || text.Contains("ServerSession", StringComparison.Ordinal)
        );
        var (succeeded, failed, cancelled, sent) = (0, 0, 0, 0);
        {
            await using var server = FaultyServer.Backends.Any(row => row.Data == backend)
                ? await FaultyServer.StartAsync(backend, seed)
                : null;
            var place = server?.Place(Patience) ?? await fleet.Places.NewAsync(backend);
            var store = place.Open();
            await using var host = await TrustHost.StartAsync(store, options => options.OperationTimeout = TimeSpan.FromSeconds(5));
            var patient = server?.Place(TimeSpan.FromMinutes(1), direct: true).Open() ?? store;
            var cookies = new string[sessions];
            for (var session = 0; session < sessions; session++)
            {
                cookies[session] = (await Sessions.NewAsync(patient, Owner(session))).Cookie;
            }

            using var ending = new CancellationTokenSource();
            var breaking = server is null
                ? Task.CompletedTask
                : BreakAsync(server.Proxy, new Random(seed), () => Volatile.Read(ref succeeded), ending.Token);
            await Task.WhenAll(
                Enumerable
                    .Range(0, Clients)
                    .Select(client =>
                        Task.Run(
                            async () =>
                            {
                                var random = new Random(seed + client + 1);

                                // If nothing can be reached requests fail at once: as many as that say little.
                                while (Interlocked.Increment(ref sent) <= operations || Volatile.Read(ref succeeded) < operations / 5)
                                {
                                    var session = random.Next(sessions);
                                    using var giving = new CancellationTokenSource(
                                        random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(6)) : TimeSpan.FromMinutes(1)
                                    );
                                    try
                                    {
                                        var answer =
                                            random.Next(2) == 0
                                                ? await host.Client.SendAsync(
                                                    "/get",
                                                    cookies[session],
                                                    TrustEndpoints.Owner,
                                                    cancellationToken: giving.Token
                                                )
                                                : await host.Client.SendAsync(
                                                    "/add-and-get",
                                                    cookies[session],
                                                    $"k{random.Next(4)}",
                                                    LeakCollector.Payload,
                                                    cancellationToken: giving.Token
                                                );
                                        if (answer.Status == 200)
                                        {
                                            Assert.True(
                                                answer.Body == Owner(session),
                                                $"Session {session} showed {answer.Body}; seed {seed}."
                                            );
                                            Interlocked.Increment(ref succeeded);
                                        }
                                        else
                                        {
                                            Assert.True(answer.Status >= 500, $"{answer.Status}; seed {seed}.");
                                            Interlocked.Increment(ref failed);
                                            await Task.Delay(20, Cancel);
                                        }
                                    }
                                    catch (Exception givenUp)
                                        when (givenUp is OperationCanceledException or HttpRequestException or IOException)
                                    {
                                        Interlocked.Increment(ref cancelled);
                                    }
                                }
                            },
                            Cancel
                        )
                    )
            );
            await ending.CancelAsync();
            await breaking;
            for (var session = 0; session < sessions; session++)
            {
                Assert.Equal(Owner(session), await OwnerAtLastAsync(host, cookies[session]));
            }

            await host.DisposeAsync();
            await StorePlace.CloseAsync(store);
            await StorePlace.CloseAsync(patient);
        }

        var unobserved = exceptions.Collect();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{backend}: {succeeded + failed + cancelled:N0} requests on {sessions:N0} sessions: {succeeded:N0} succeeded, all by "
                    + $"their own, {failed:N0} failed, {cancelled:N0} given up; {unobserved.Count} unobserved exceptions"
            )
        );
        output.WriteLine(string.Join('\n', unobserved));
        Assert.Empty(unobserved);
    }

    private static string Owner(int session) => string.Create(CultureInfo.InvariantCulture, $"{LeakCollector.Payload}{session}");

    private static async Task BreakAsync(FaultProxy proxy, Random random, Func<int> succeeded, CancellationToken ending)
    {
        try
        {
            while (true)
            {
                // Between two faults drivers find back, however long that takes here, and something goes well.
                for (var before = succeeded(); succeeded() < before + 10;)
                {
                    await Task.Delay(10, ending);
                }

                await Task.Delay(random.Next(100), ending);
                switch (random.Next(5))
                {
                    case 0:
                        proxy.ResetConnections();
                        break;
                    case 1:
                        proxy.ResetAfterReplies(random.Next(5000));
                        break;
                    case 2:
                        proxy.ResetAfterRequests(random.Next(5000));
                        break;
                    case 3:
                        proxy.Delay(TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
                        break;
                    default:
                        proxy.SwallowReplies();
                        break;
                }

                await Task.Delay(random.Next(20, 150), ending);
                proxy.Pass();
                proxy.ResetConnections();
            }
        }
        catch (OperationCanceledException)
        {
            proxy.Pass();
            proxy.ResetConnections();
        }
    }

    /// <summary>The server is well again, but a driver may not know yet.</summary>
    private static async Task<string> OwnerAtLastAsync(TrustHost host, string cookie)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await host.Client.SendAsync("/get", cookie, TrustEndpoints.Owner);
            if (answer.Status == 200 || tries > 500)
            {
                return answer.Body;
            }

            await Task.Delay(50, Cancel);
        }
    }
}
