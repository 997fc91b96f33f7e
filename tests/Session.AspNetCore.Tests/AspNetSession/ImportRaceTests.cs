using Microsoft.AspNetCore.Http;

namespace ServerSessions.Tests.AspNetSession;

/// <summary>Requests that import one session at the same time, one after the other's end, or never to the end.</summary>
public sealed class ImportRaceTests
{
    /// <summary>Whether writes are compared, or the last one wins.</summary>
    public static TheoryData<SessionParallelWrites> Writes => [SessionParallelWrites.Merge, SessionParallelWrites.LastWriteWins];

    [Fact]
    public async Task Parallel_first_requests_arrive_at_one_session()
    {
        await using var site = await MovedSite.StartAsync();
        var old = await BeginAsync(site);
        using var meeting = new Barrier(8);
        site.Cache.Before = call => call == "get" ? meeting.WaitAsync() : Task.CompletedTask;

        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => site.App.GetAsync("/get", old)));

        foreach (var response in responses)
        {
            Assert.Equal("bob", await response.BodyAsync());
        }

        Assert.Single(responses.Select(static response => response.Cookie()).Distinct());
        Assert.Equal(1, await site.Store.Inner.LengthAsync());
        Array.ForEach(responses, static response => response.Dispose());
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_request_that_another_one_overtakes_within_the_import_leaves_the_session_to_it(SessionParallelWrites writes)
    {
        await using var site = await MovedSite.StartAsync(options => options.ParallelWrites = writes);
        var old = await BeginAsync(site);
        var secondRead = new Stop("get", 2);
        site.Cache.Before = secondRead.OnCall;

        var slow = site.App.GetAsync("/get", old);
        await secondRead.ReachedAsync();
        using var fast = await site.App.GetAsync("/get", old);
        secondRead.GoOn();
        using var response = await slow;

        Assert.Equal(("bob", fast.Cookie()), (await response.BodyAsync(), response.Cookie()));
        Assert.Equal("bob", await fast.BodyAsync());
        Assert.Equal("bob", await site.GetAsync("/get", fast.Cookie()!));
        Assert.Equal(1, await site.Store.Inner.LengthAsync());
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task The_session_of_a_request_that_ended_within_the_import_is_imported_by_the_next_one(SessionParallelWrites writes)
    {
        await using var site = await MovedSite.StartAsync(options => options.ParallelWrites = writes);
        var old = await BeginAsync(site);
        await FailAtSecondReadAsync(site, old);

        using var next = await site.App.GetAsync("/get", old);

        Assert.Equal("bob", await next.BodyAsync());
        Assert.Equal("bob", await site.GetAsync("/get", next.Cookie()!));
        Assert.Equal(1, await site.Store.Inner.LengthAsync());
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task What_an_import_that_never_ended_leaves_is_no_session_once_the_entry_has_lapsed(SessionParallelWrites writes)
    {
        await using var site = await MovedSite.StartAsync(options => options.ParallelWrites = writes);
        var old = await BeginAsync(site);
        await FailAtSecondReadAsync(site, old);
        await site.Cache.RemoveAsync(Assert.Single(site.Cache.Keys.Distinct()));

        using var next = await site.App.GetAsync("/get", old);

        Assert.Equal(("none", null), (await next.BodyAsync(), next.SetCookie()));
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_request_that_read_the_entry_before_another_one_signed_out_does_not_bring_the_session_back(
        SessionParallelWrites writes
    )
    {
        await using var site = await MovedSite.StartAsync(options => options.ParallelWrites = writes);
        var old = await BeginAsync(site);

        // The late request has the entry and is about to store the session.
        var firstWrite = new Stop("set", 1);
        site.Store.Before = firstWrite.OnCall;

        var late = site.App.GetAsync("/get", old);
        await firstWrite.ReachedAsync();
        using (await site.App.GetAsync("/sign out", old)) { }
        firstWrite.GoOn();
        using var response = await late;

        Assert.Equal(("none", null), (await response.BodyAsync(), response.SetCookie()));
        Assert.Equal(0, await site.Store.Inner.LengthAsync());
    }

    private static Task<string> BeginAsync(MovedSite site) => site.Old.BeginAsync(static session => session.SetString("user", "bob"));

    private static async Task FailAtSecondReadAsync(MovedSite site, string old)
    {
        var reads = 0;
        site.Cache.Before = call =>
            call == "get" && Interlocked.Increment(ref reads) == 2 ? throw new IOException("The cache is away.") : Task.CompletedTask;

        using var failed = await site.App.GetAsync("/get", old);
        Assert.Equal(503, (int)failed.StatusCode);
    }

    /// <summary>Holds one call until it may go on: the given one of those of a name.</summary>
    private sealed class Stop(string name, int number)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        public Task OnCall(string call)
        {
            if (call != name || Interlocked.Increment(ref _calls) != number)
            {
                return Task.CompletedTask;
            }

            _reached.SetResult();
            return _mayGoOn.Task;
        }

        public Task ReachedAsync() => _reached.Task.WithinBoundAsync($"{name} number {number}");

        public void GoOn() => _mayGoOn.SetResult();
    }
}
