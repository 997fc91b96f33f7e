using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using ServerSessions.Payload;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Races;

/// <summary>Parallel requests keep each other's changes (T02, F15).</summary>
public sealed class LostUpdateTests(Fleet fleet, ITestOutputHelper output)
{
    // Requests of one process take turns. The record that the first one expects may be outdated.
    private const int MaxAttempts = 2;

    // Calls that take a second on a machine that is busy with other tests end the turns of those that wait, which costs each an attempt.
    private const double MaxAverage = 4;

    // Milliseconds, of 64 requests that have all begun.
    private const double MaxRound = 1000;

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Sixty_four_parallel_requests_that_each_add_a_key_lose_none_and_need_few_attempts(string backend)
    {
        var (attempts, times) = await AddKeysAsync(backend, requests: 64, rounds: Scale.Of(2, 100));

        Assert.True(!Scale.IsLong || attempts.Max() <= MaxAttempts, $"{attempts.Max()} attempts.");
        Assert.True(!Scale.IsLong || times.Percentile(99) <= MaxRound, $"{times.Percentile(99)} ms.");
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Two_hundred_and_fifty_six_parallel_requests_that_each_add_a_key_lose_none(string backend) =>
        await AddKeysAsync(backend, requests: 256, rounds: 1);

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Parallel_requests_to_three_instances_lose_no_key(string backend)
    {
        var instances = await fleet.OfAsync(backend);
        for (var round = Scale.Of(2, 100); round > 0; round--)
        {
            var (sid, cookie) = await Sessions.NewAsync(instances.Store, LeakCollector.Payload);
            var meeting = fleet.Meetings.AddressOf(fleet.Meetings.New(24));
            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, 24)
                    .Select(i =>
                        instances
                            .Clients[i % 3]
                            .SendAsync("/set", cookie, $"k{i}", LeakCollector.Payload, headers: (TrustEndpoints.MeetHeader, meeting))
                    )
            );
            Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
            Assert.Equal(25, SessionDocument.Parse((await instances.Store.GetAsync(sid))!.Payload).Count);
        }
    }

    [Theory]
    [MemberData(nameof(Places.Backends), MemberType = typeof(Places))]
    public async Task Two_requests_that_change_one_key_leave_one_of_the_two_values_and_never_a_mixture(string backend)
    {
        const int Length = 4000;
        var instances = await fleet.OfAsync(backend);
        var (first, second) = (0, 0);
        for (var round = Scale.Of(5, 1000); round > 0; round--)
        {
            var (_, cookie) = await Sessions.NewAsync(instances.Store, LeakCollector.Payload);
            var meeting = fleet.Meetings.AddressOf(fleet.Meetings.New(2));
            var answers = await Task.WhenAll(
                instances
                    .Clients[0]
                    .SendAsync("/set", cookie, "same", new string('a', Length), headers: (TrustEndpoints.MeetHeader, meeting)),
                instances
                    .Clients[1]
                    .SendAsync("/set", cookie, "same", new string('b', Length), headers: (TrustEndpoints.MeetHeader, meeting))
            );
            Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
            var value = (await instances.Clients[2].SendAsync("/get", cookie, "same")).Body;
            Assert.Equal(Length, value.Length);
            Assert.Single(value.Distinct());
            (first, second) = value[0] == 'a' ? (first + 1, second) : (first, second + 1);
        }

        output.WriteLine($"{backend}: the first value stayed {first} times, the second {second} times");
    }

    private async Task<(List<int> Attempts, List<double> Times)> AddKeysAsync(string backend, int requests, int rounds)
    {
        var inner = (await fleet.Places.NewAsync(backend)).Open();
        var store = new CountingStore(inner);
        using var all = new Crowd(requests);
        await using var host = await TrustHost.StartAsync(store, handler: async context =>
        {
            var session = context.GetServerSession();
            LeakCollector.Shared.AddSid(session.Id);
            await all.ArriveAsync();
            session.Set(context.Request.Headers[TrustEndpoints.KeyHeader].ToString(), LeakCollector.Payload);
        });
        var times = new List<double>();
        var attempts = new List<int>();
        for (var round = 0; round < rounds; round++)
        {
            var (sid, cookie) = await Sessions.NewAsync(store, LeakCollector.Payload);
            all.Begin();
            var time = Stopwatch.StartNew();
            var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(i => host.Client.SendAsync("/", cookie, $"k{i}")));
            times.Add(time.Elapsed.TotalMilliseconds);
            attempts.AddRange(store.TakeAttempts());
            Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
            var document = SessionDocument.Parse((await store.GetAsync(sid))!.Payload);
            Assert.Equal(requests + 1, document.Count);
        }

        await StorePlace.CloseAsync(inner);
        output.WriteLine(
            $"{backend}: {rounds} rounds of {requests}, none lost; attempts at most {attempts.Max()}, {attempts.Average():0.0} on "
                + $"average; rounds {times.Milliseconds()}"
        );
        Assert.Equal(rounds * requests, attempts.Count);
        Assert.InRange(attempts.Average(), 1, MaxAverage);
        return (attempts, times);
    }

    /// <summary>Lets no request go on before all have read the session.</summary>
    private sealed class Crowd(int size) : IDisposable
    {
        private readonly SemaphoreSlim _gate = new(0);
        private int _arrived;

        public void Begin() => _arrived = 0;

        public async Task ArriveAsync()
        {
            if (Interlocked.Increment(ref _arrived) == size)
            {
                _gate.Release(size);
            }

            await _gate.WaitAsync();
        }

        public void Dispose() => _gate.Dispose();
    }
}
