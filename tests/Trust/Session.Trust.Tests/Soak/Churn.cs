using System.Collections.Concurrent;
using System.Globalization;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Soak;

/// <summary>
/// Users who come, count up in their sessions under now and then another id, and go, with or without a word, beside visitors who leave a
/// session behind with each request. Goes on until the host takes no more requests.
/// </summary>
internal sealed class Churn : IDisposable
{
    private const int Users = 4;
    private const int Visitors = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _turns = new(Users + Visitors);
    private readonly TrustClient _client;
    private readonly List<Task> _running;
    private readonly ConcurrentDictionary<int, Acknowledged> _acknowledged = new();
    private volatile bool _stopping;
    private int _answered;

    /// <summary>Begins.</summary>
    public Churn(Uri address, int seed)
    {
        _client = new TrustClient(address);
        _running =
        [
            .. Enumerable.Range(0, Users).Select(user => UseAsync(user, new Random(seed + user))),
            .. Enumerable.Range(0, Visitors).Select(_ => VisitAsync()),
        ];
    }

    /// <summary>How many requests got a response.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Everybody is still there.</summary>
    public void ThrowIfOver() => Assert.DoesNotContain(_running, static user => user.IsCompleted);

    /// <summary>
    /// Waits until no request is under way, and holds the next ones back until the result is disposed: what the host holds then, it holds
    /// for none of them.
    /// </summary>
    public async Task<IDisposable> PauseAsync()
    {
        for (var turn = 0; turn < Users + Visitors; turn++)
        {
            await _turns.WaitAsync(TestContext.Current.CancellationToken);
        }

        return new Paused(_turns);
    }

    /// <summary>The host is to be stopped: a request that gets no response is no error any more.</summary>
    public void ExpectEnd() => _stopping = true;

    /// <summary>Waits until no user goes on; what each user was told last, of sessions that were not ended.</summary>
    public async Task<IReadOnlyCollection<Acknowledged>> EndAsync()
    {
        await Task.WhenAll(_running);
        return [.. _acknowledged.Values];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _turns.Dispose();
    }

    private async Task UseAsync(int user, Random random)
    {
        string? cookie = null;
        var count = 0;
        while (true)
        {
            var (path, counts) = (cookie is null ? 0 : random.Next(20)) switch
            {
                < 10 => (SoakHost.Count, 1),
                < 18 => (SoakHost.Look, 0),
                18 => (SoakHost.Renew, 1),
                _ => (SoakHost.End, 0),
            };
            if (path is SoakHost.End or SoakHost.Renew)
            {
                // What is in the store from now on depends on whether this one gets a response.
                _acknowledged.TryRemove(user, out _);
            }

            if (await AskAsync(path, cookie) is not { } answer)
            {
                return;
            }

            count += counts;
            Assert.Equal(count, int.Parse(answer.Body, CultureInfo.InvariantCulture));
            cookie = path == SoakHost.End ? null : answer.Cookie ?? cookie;
            if (cookie is null)
            {
                count = 0;
            }
            else
            {
                _acknowledged[user] = new Acknowledged(Answer.SidOf(cookie), count);
            }

            await Task.Delay(Pause);
        }
    }

    private async Task VisitAsync()
    {
        while (await AskAsync(SoakHost.Visit, null) is not null)
        {
            await Task.Delay(Pause);
        }
    }

    /// <returns>Nothing where the host takes no more requests, as it was told.</returns>
    private async Task<Answer?> AskAsync(string path, string? cookie)
    {
        Answer answer;
        await _turns.WaitAsync();
        try
        {
            answer = await _client.SendAsync(path, cookie);
        }
        catch (HttpRequestException) when (_stopping)
        {
            return null;
        }
        finally
        {
            _turns.Release();
        }

        Assert.Equal(200, answer.Status);
        Interlocked.Increment(ref _answered);
        return answer;
    }

    private sealed class Paused(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release(Users + Visitors);
    }
}

/// <summary>What a user was told last: the count in a session. One more request may have been executed without a response.</summary>
internal sealed record Acknowledged(string Sid, int Count);
