using ServerSessions.Payload;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// A write whose response is lost is done or not done, and a retry succeeds (F14). A late write harms nothing newer (F06).
/// </summary>
public sealed class UnknownOutcomeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Impatient = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(FaultyServer.Backends), MemberType = typeof(FaultyServer))]
    public async Task A_write_whose_answer_was_lost_can_be_done_again_and_is_there_once(string backend)
    {
        await using var server = await FaultyServer.StartAsync(backend, seed: 0);
        var store = server.Place(Impatient).Open();
        var direct = server.Place(Patient, direct: true).Open();
        await using var host = await TrustHost.StartAsync(store, options =>
            options.OperationTimeout = Impatient + TimeSpan.FromMilliseconds(100)
        );
        var (sid, cookie) = await Sessions.NewAsync(direct, LeakCollector.Payload);
        var writes = Scale.Of(4, 500);
        var done = 0;
        for (var write = 0; write < writes; write++)
        {
            await SucceedAsync(host, "/get", cookie, TrustEndpoints.Owner);
            var before = await KeysAsync(direct, sid);

            // The session is read before responses are lost, so that it is the write's that is.
            var lost = await host
                .Client.SendAsync(
                    "/set",
                    cookie,
                    $"k{write}",
                    LeakCollector.Payload,
                    headers: (TrustEndpoints.WaitHeader, "20000"),
                    cancellationToken: Cancel
                )
                .WaitAsync(TimeSpan.FromMinutes(2), Cancel)
                .After(async () =>
                {
                    await Task.Delay(10, Cancel);
                    server.Proxy.SwallowReplies();
                });
            Assert.True(lost.Status is 200 or >= 500, $"{lost.Status}");
            server.Proxy.Pass();
            server.Proxy.ResetConnections();
            var after = await KeysAsync(direct, sid);
            Assert.True(
                after.SequenceEqual(before) || after.SequenceEqual(before.Append($"k{write}")),
                "The session is neither the old nor the new one."
            );
            done += lost.Status >= 500 && after.Count > before.Count ? 1 : 0;

            await SucceedAsync(host, "/set", cookie, $"k{write}");
            Assert.Equal(before.Append($"k{write}"), await KeysAsync(direct, sid));
        }

        output.WriteLine(
            $"{backend}: {writes} writes, {done} done although the response said that they were not, each there once in the end"
        );
        await host.DisposeAsync();
        await StorePlace.CloseAsync(store);
        await StorePlace.CloseAsync(direct);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    [InlineData("mysql")]
    public async Task A_write_that_timed_out_on_a_frozen_server_neither_overwrites_a_newer_one_nor_brings_a_session_back(string backend)
    {
        await using var server = await FaultyServer.StartAsync(backend, seed: 0);
        var (impatient, patient) = (server.Place(Impatient, direct: true).Open(), server.Place(Patient, direct: true).Open());
        await using var gaveUp = await TrustHost.StartAsync(impatient, options =>
            options.OperationTimeout = Impatient + TimeSpan.FromMilliseconds(100)
        );
        await using var newer = await TrustHost.StartAsync(patient);
        var (rounds, each) = (Scale.Of(1, 50), 20);
        var (warm, timedOut) = ((await Sessions.NewAsync(patient, LeakCollector.Payload)).Cookie, 0);
        for (var round = 0; round < rounds; round++)
        {
            await SucceedAsync(gaveUp, "/get", warm, TrustEndpoints.Owner);
            var sessions = await Task.WhenAll(Enumerable.Range(0, each).Select(_ => Sessions.NewAsync(patient, LeakCollector.Payload)));

            // Each has read its session when the server is frozen, and writes then.
            var writes = sessions
                .Select(session =>
                    gaveUp.Client.SendAsync("/set", session.Cookie, "state", "old", headers: (TrustEndpoints.WaitHeader, "150000"))
                )
                .ToList();
            await Task.Delay(100, Cancel);
            server.Freeze();
            var answers = await Task.WhenAll(writes);
            timedOut += answers.Count(static answer => answer.Status >= 500);
            var superseding = sessions
                .Select(
                    (session, i) =>
                        i % 2 == 0
                            ? newer.Client.SendAsync("/set", session.Cookie, "state", "new")
                            : newer.Client.SendAsync("/logout", session.Cookie)
                )
                .ToList();
            server.Thaw();
            Assert.All(await Task.WhenAll(superseding), static answer => Assert.Equal(200, answer.Status));

            // Behind all that the host which gave up has sent.
            await SucceedAsync(gaveUp, "/set", warm, "state");
            for (var i = 0; i < each; i++)
            {
                var expected = i % 2 == 0 ? "new" : TrustEndpoints.None;
                Assert.Equal(expected, (await newer.Client.SendAsync("/get", sessions[i].Cookie, "state")).Body);
            }
        }

        output.WriteLine($"{backend}: {rounds * each} writes, {timedOut} timed out; nothing stale, nothing back");
        Assert.True(timedOut > 0);
        await gaveUp.DisposeAsync();
        await newer.DisposeAsync();
        await StorePlace.CloseAsync(impatient);
        await StorePlace.CloseAsync(patient);
    }

    private static async Task SucceedAsync(TrustHost host, string path, string cookie, string key)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await host.Client.SendAsync(path, cookie, key, LeakCollector.Payload);
            if (answer.Status == 200)
            {
                return;
            }

            Assert.True(tries < 1000, $"Still {answer.Status}.");
            await Task.Delay(20, Cancel);
        }
    }

    private static async Task<List<string>> KeysAsync(ISessionStore store, string sid) =>
        [.. SessionDocument.Parse((await store.GetAsync(sid, Cancel))!.Payload).Keys];
}

/// <summary>Something that happens while a task runs.</summary>
internal static class Meanwhile
{
    public static async Task<T> After<T>(this Task<T> running, Func<Task> meanwhile)
    {
        await meanwhile();
        return await running;
    }
}
