using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ServerSessions.Payload;
using ServerSessions.Trust.Tests.Support;

namespace ServerSessions.Trust.Tests.Faults;

/// <summary>
/// A host that runs one scenario after another, on a store whose calls fail when it is told so, and a clock that moves only where that
/// helps.
/// </summary>
internal sealed class FaultBench : IAsyncDisposable
{
    // What is left of a session that a request renews.
    private static readonly TimeSpan Life = TimeSpan.FromHours(12);

    // The longest there is: what the clock is moved by where a call hangs.
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromMinutes(10);

    // Longer than the second of two writers waits before it tries again.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    // For Redis too, which counts what is left of a session by its own clock: what is left is all that is asked here, and nothing ends by
    // itself.
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly ISessionStore _inner;
    private readonly Rival _rival;
    private TrustHost? _host;
    private TrustHost? _sparing;
    private string? _asked;
    private int _faults;

    private FaultBench(StorePlace place)
    {
        _inner = place.Open(_clock);
        _rival = new Rival(WriteBesideAsync, SignOutBesideAsync);
        Store = FaultySessionStore.Over(_inner);
    }

    public FaultySessionStore Store { get; }

    /// <summary>Whether the call has been made that was to fail.</summary>
    public bool HasFailed => Store.Faults > _faults;

    public FaultScenario Scenario { get; set; } = FaultScenarios.All[0];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<FaultBench> StartAsync(StorePlace place, SessionParallelWrites writes)
    {
        var bench = new FaultBench(place);
        bench._host = await bench.StartHostAsync(writes, touchThrottle: 0);
        bench._sparing = await bench.StartHostAsync(writes, touchThrottle: 0.75);
        return bench;
    }

    /// <summary>Only the session of the coming request is stored.</summary>
    public async Task<string?> BeginAsync()
    {
        // One by one: there are few, and removing all at once is dear if it is made for many.
        await foreach (var entry in ((IEnumerableSessionStore)_inner).AllAsync(Cancel))
        {
            await _inner.DestroyAsync(entry.Sid, Cancel);
        }

        return Scenario.BeginsOne
            ? null
            : (await Sessions.NewAsync(_inner, LeakCollector.Payload, _clock.GetUtcNow() - TimeProvider.System.GetUtcNow() + Life)).Cookie;
    }

    /// <summary>Lets one call fail; none if there are fewer.</summary>
    public void FailAt(int call, StoreFault fault)
    {
        Store.Recover();
        _faults = Store.Faults;
        Store.Inject(fault, skip: call - 1, times: 1);
    }

    /// <summary>Sends the request; nothing if the response broke off.</summary>
    public async Task<Answer?> SendAsync(string? cookie)
    {
        var host = Scenario.SparesTouches ? _sparing : _host;
        var answering = host!.Client.SendAsync("/", cookie, method: Scenario.Method, cancellationToken: Cancel);

        // Where the request waits for the fake clock (a store that hangs, the pause before another attempt) it tells no one: the clock goes
        // on until there is a response.
        while (await Task.WhenAny(answering, Task.Delay(1, Cancel)) != answering)
        {
            _clock.Advance(Store.Waiting > 0 ? OperationTimeout : Moment);
        }

        try
        {
            return await answering;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The keys of the session that a cookie opens; nothing where it opens none.</summary>
    public async Task<string?> KeysAsync(string? cookie) =>
        cookie is null ? null : KeysOf(await _inner.GetAsync(Answer.SidOf(cookie), Cancel));

    /// <summary>Whether the session that a cookie opens lives for a day again, as its cookie or its store says.</summary>
    public async Task<bool> IsRenewedAsync(string cookie) =>
        (await _inner.GetAsync(Answer.SidOf(cookie), Cancel))?.Expires > _clock.GetUtcNow() + (Life * 1.5);

    /// <summary>The number of sessions, known to a client or not.</summary>
    public async Task<int> CountAsync() =>
        await ((IEnumerableSessionStore)_inner).AllAsync(Cancel).CountAsync(static entry => KeysOf(entry.Record) is not null, Cancel);

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        await _sparing!.DisposeAsync();
        await StorePlace.CloseAsync(_inner);
    }

    private Task<TrustHost> StartHostAsync(SessionParallelWrites writes, double touchThrottle) =>
        TrustHost.StartAsync(
            Store,
            options =>
            {
                (options.ParallelWrites, options.Unset, options.OperationTimeout, options.TouchThrottle) = (
                    writes,
                    SessionUnset.Destroy,
                    OperationTimeout,
                    touchThrottle
                );

                // Stores differ in what they give a session that has no lifetime.
                options.IdleTimeout = Life * 2;
                if (_inner is IGetAndTouchSessionStore)
                {
                    // Reads touch too, where they can: only sessions with the lifetime that the options give, as those at rest here have
                    // it.
                    (options.TouchOnRead, options.Cookie.MaxAge) = (SessionTouchOnRead.Always, Life * 2);
                }
            },
            HandleAsync,
            clock: _clock
        );

    private Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        _asked = session.Id;
        return Scenario.RunAsync(session, context, _rival);
    }

    private async Task WriteBesideAsync()
    {
        if (await _inner.GetAsync(_asked!, Cancel) is not { } known)
        {
            // Who asks again has none any more, and neither has the other.
            return;
        }

        var document = SessionDocument.Parse(known.Payload);
        document.SetJson("rival", "1"u8.ToArray());
        var stored = await ((IConditionalSessionStore)_inner).TrySetAsync(
            _asked!,
            new SessionRecord(document.ToPayload(), known.Expires),
            known,
            Cancel
        );
        Assert.Equal(ConditionalSetResult.Stored, stored);
    }

    private Task SignOutBesideAsync() => _inner.DestroyAsync(_asked!, Cancel).AsTask();

    private static string? KeysOf(SessionRecord? record) =>
        record is null || SessionDocument.Parse(record.Payload).Keys is var keys && keys.Contains("__moved")
            ? null
            : string.Join(", ", keys.Order(StringComparer.Ordinal));
}
