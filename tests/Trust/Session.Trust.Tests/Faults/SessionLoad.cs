using System.Collections.Concurrent;
using System.Diagnostics;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// Users who begin a session, write to it and look whether it is still theirs, over and over, beside visitors without one; knows what they
/// were told.
/// </summary>
internal sealed class SessionLoad : IAsyncDisposable
{
    private const int Users = 10;
    private const int Visitors = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentQueue<Told> _told = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly TrustClient _client;
    private readonly List<Task> _running;

    public SessionLoad(Uri address)
    {
        _client = new TrustClient(address);
        _running = [.. Enumerable.Range(0, Users).Select(UseAsync), .. Enumerable.Range(0, Visitors).Select(_ => VisitAsync())];
    }

    /// <summary>The time by the clock of what was told.</summary>
    public TimeSpan Now => _clock.Elapsed;

    /// <summary>What was told so far.</summary>
    public IReadOnlyCollection<Told> All => _told;

    /// <summary>The sessions whose beginning was acknowledged so far.</summary>
    public IReadOnlyList<Told> Begun => [.. _told.Where(static told => told is { Act: Act.Begin, Status: 200 })];

    /// <summary>The first write that was begun after an instant and acknowledged.</summary>
    public async Task<Told> FirstWrittenAsync(TimeSpan after, TimeSpan atMost)
    {
        while (true)
        {
            if (
                _told.Where(told => told is { Act: Act.Begin, Status: 200 } && told.Began >= after).MinBy(static told => told.Ended) is
                { } first
            )
            {
                return first;
            }

            Assert.True(Now - after < atMost, $"No write was acknowledged within {atMost.TotalSeconds} s.");
            await Task.Delay(10);
        }
    }

    public async Task StopAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _ending.Dispose();
    }

    private async Task UseAsync(int user)
    {
        Told? mine = null;
        for (var i = 0; !_ending.IsCancellationRequested; i++)
        {
            // Each begins a session of its own now and then, so that what is lost is lost alone.
            var owner = mine is null || i % 2 == 0 ? $"{LeakCollector.Payload}{user}-{i}" : mine.Owner;
            var told =
                owner == mine?.Owner
                    ? await TellAsync(Act.Use, owner, "/add-and-get", mine.Cookie, $"k{i % 5}", LeakCollector.Payload)
                    : await TellAsync(Act.Begin, owner, "/set", null, TrustEndpoints.Owner, owner);
            mine = told switch
            {
                { Act: Act.Begin, Status: 200 } => told,
                { Act: Act.Use, Status: 200 } when told.Body != owner => null,
                _ => mine,
            };
            await Task.Delay(Pause);
        }
    }

    private async Task VisitAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await TellAsync(Act.Visit, "ok", "/anonymous", null, null, null);
            await Task.Delay(Pause);
        }
    }

    private async Task<Told> TellAsync(Act act, string owner, string path, string? cookie, string? key, string? value)
    {
        var began = Now;
        var answer = await _client.SendAsync(path, cookie, key, value);
        var told = new Told(act, owner, answer.Status, answer.Body, answer.Status == 200 ? answer.Cookie ?? cookie : null, began, Now);
        _told.Enqueue(told);
        return told;
    }
}

/// <summary>What a request of a <see cref="SessionLoad"/> does.</summary>
internal enum Act
{
    Visit,
    Begin,
    Use,
}

/// <summary>What a request was told.</summary>
internal sealed record Told(Act Act, string Owner, int Status, string Body, string? Cookie, TimeSpan Began, TimeSpan Ended)
{
    public double Milliseconds => (Ended - Began).TotalMilliseconds;
}
