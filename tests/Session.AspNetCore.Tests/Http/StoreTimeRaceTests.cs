using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ServerSessions.Tests.Http;

/// <summary>
/// The state machines of store calls are pooled. A late result belongs to a call that has ended, and must not reach another caller.
/// </summary>
public sealed class StoreTimeRaceTests(ITestOutputHelper output)
{
    private const int Clients = 16;

    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<TaskCompletionSource> _held = new();
    private readonly ConcurrentQueue<CancellationTokenSource> _clients = new();

    [Fact]
    public async Task An_answer_that_comes_as_its_time_ends_or_its_client_leaves_goes_to_its_own_request_or_to_none()
    {
        const int Requests = 100;
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var store = new RecordingStore(_clock);
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                session.Set("owner", session.Get<string>("owner") ?? context.Request.Query["owner"].ToString());
                session.Set("n", session.Get<int>("n") + 1);
                await context.Response.WriteAsync(session.Get<string>("owner")!);
            },
            options => options.OperationTimeout = Allowed,
            store,
            time: _clock
        );
        var cookies = new string[Clients];
        for (var i = 0; i < Clients; i++)
        {
            using var begin = await app.GetAsync($"/?owner={i}");
            cookies[i] = begin.Cookie();
        }

        store.Before = call => call == "set" ? HoldAsync() : Task.CompletedTask;
        store.AfterGet = HoldAsync;
        var requests = Task.WhenAll(cookies.Select((cookie, client) => Task.Run(() => RequestAsync(app, cookie, $"{client}", Requests))));
        while (!requests.IsCompleted)
        {
            await EndSomeAsync(random.Next(8));
            await Task.Yield();
        }

        var counts = await requests;
        (store.Before, store.AfterGet) = (static _ => Task.CompletedTask, static () => Task.CompletedTask);
        Release();
        var (answered, late, left) = (
            counts.Sum(static count => count.Answered),
            counts.Sum(static count => count.Late),
            counts.Sum(static count => count.Left)
        );
        output.WriteLine($"seed {seed}: {answered} answered, {late} too late, {left} left");
        Assert.True(answered > 0 && late > 0 && left > 0);
        for (var i = 0; i < Clients; i++)
        {
            using var end = await app.GetAsync("/", cookies[i]);
            Assert.Equal($"{i}", await end.BodyAsync());
        }
    }

    [Fact]
    public async Task A_new_session_whose_write_took_effect_after_the_caller_left_is_saved_again_under_its_id()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new TaskCompletionSource();
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                if (session.IsNew)
                {
                    session.Set("n", 1);
                    using var leaving = new CancellationTokenSource();
                    var save = session.SaveAsync(leaving.Token).AsTask();
                    await reached.Task.WithinBoundAsync("the write");
                    await leaving.CancelAsync();
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => save);

                    held.SetResult();
                    session.Set("n", 2);
                }

                await context.Response.WriteAsync($"{session.Get<int>("n")}");
            },
            store: store
        );
        store.AfterTrySet = () =>
        {
            reached.TrySetResult();
            return held.Task;
        };

        using var first = await app.GetAsync();
        Assert.True(first.IsSuccessStatusCode, app.Logs.Text);
        using var second = await app.GetAsync(cookie: first.Cookie());
        Assert.Equal("2", await second.BodyAsync());
    }

    [Fact]
    public async Task A_caller_that_cancels_as_its_call_ends_gets_no_error_from_cancelling()
    {
        const int Calls = 20_000;
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var held = new TaskCompletionSource();
        using var store = new RecordingStore();
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                var session = context.GetServerSession();
                var (ended, left) = (0, 0);
                for (var call = 0; call < Calls; call++)
                {
                    held = new TaskCompletionSource();
                    using var leaving = new CancellationTokenSource();
                    using var both = new System.Threading.Barrier(2);
                    var save = session.SaveAsync(leaving.Token).AsTask();

                    // On a busy machine one of the two threads is first almost always, so each has either task half of the time.
                    Action[] tasks = [held.SetResult, leaving.Cancel];
                    var (theirs, own) = random.Next(2) == 0 ? (tasks[0], tasks[1]) : (tasks[1], tasks[0]);
                    var other = Task.Run(() =>
                    {
                        both.SignalAndWait(CancellationToken.None);
                        theirs();
                    });
                    both.SignalAndWait(CancellationToken.None);
                    Thread.SpinWait(random.Next(300));
                    own();
                    await other;
                    try
                    {
                        await save;
                        ended++;
                    }
                    catch (OperationCanceledException)
                    {
                        left++;
                    }
                }

                held = new TaskCompletionSource();
                held.SetResult();
                output.WriteLine($"seed {seed}: {ended} ended, {left} left");
                Assert.True(ended > 0 && left > 0);
            },
            store: store
        );
        store.Before = _ => held.Task;

        using var response = await app.GetAsync();

        output.WriteLine($"seed {seed}");
        Assert.True(response.IsSuccessStatusCode, app.Logs.Text);
    }

    /// <summary>
    /// Completes calls: mostly with a result, sometimes with a timeout or a disconnected client before it or at the same time, so that
    /// results come late.
    /// </summary>
    private Task EndSomeAsync(int what)
    {
        switch (what)
        {
            case 0:
                _clock.Advance(Allowed);
                return Task.CompletedTask;
            case 1:
                return Task.WhenAll(Task.Run(() => _clock.Advance(Allowed)), Task.Run(Release));
            case 2:
                return Task.WhenAll(Task.Run(Leave), Task.Run(Release));
            default:
                Release();
                return Task.CompletedTask;
        }
    }

    private Task HoldAsync()
    {
        // Its continuation runs on the thread that releases it, so that the result comes at that moment.
        var held = new TaskCompletionSource();
        _held.Enqueue(held);
        return held.Task;
    }

    private void Release()
    {
        while (_held.TryDequeue(out var held))
        {
            held.SetResult();
        }
    }

    private void Leave()
    {
        if (_clients.TryDequeue(out var client))
        {
            client.Cancel();
        }
    }

    private async Task<(int Answered, int Late, int Left)> RequestAsync(TestApp app, string cookie, string owner, int requests)
    {
        using var http = app.NewClient();
        var (answered, late, left) = (0, 0, 0);
        for (var request = 0; request < requests; request++)
        {
            var leaving = new CancellationTokenSource();
            _clients.Enqueue(leaving);
            using var message = new HttpRequestMessage(HttpMethod.Get, "/");
            message.Headers.TryAddWithoutValidation("Cookie", cookie);
            try
            {
                using var response = await http.SendAsync(message, leaving.Token);
                if (response.IsSuccessStatusCode)
                {
                    Assert.Equal(owner, await response.BodyAsync());
                    answered++;
                }
                else
                {
                    Assert.Equal(503, (int)response.StatusCode);
                    late++;
                }
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
                left++;
            }
        }

        return (answered, late, left);
    }
}
