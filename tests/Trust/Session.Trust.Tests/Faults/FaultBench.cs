using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Session.Trust.Tests.Support;

namespace Session.Trust.Tests.Faults;

/// <summary>A host that runs one scenario after another, on a store whose calls fail when it is told so, and a clock that moves only where that helps.</summary>
internal sealed class FaultBench : IAsyncDisposable
{
    // What is left of a session that a request renews.
    private static readonly TimeSpan Life = TimeSpan.FromHours(12);

    // The longest there is: what the clock is moved by where a call hangs.
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromMinutes(10);

    // Longer than the second of two writers waits before it tries again.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly ISessionStore _inner;
    private TrustHost? _host;

    private FaultBench(StorePlace place)
    {
        _inner = place.Open(_clock);
        Store = new FailingStore(_inner);
    }

    public FailingStore Store { get; }

    public FaultScenario Scenario { get; set; } = FaultScenario.All[0];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<FaultBench> StartAsync(StorePlace place, SessionParallelWrites writes)
    {
        var bench = new FaultBench(place);
        bench._host = await TrustHost.StartAsync(
            bench.Store,
            options => (options.ParallelWrites, options.Unset, options.StoreTimeout) = (writes, SessionUnset.Destroy, StoreTimeout),
            bench.HandleAsync,
            clock: bench._clock);
        return bench;
    }

    /// <summary>Nothing is stored but the session of whoever is going to ask.</summary>
    public async Task<string?> BeginAsync()
    {
        await ((IEnumerableSessionStore)_inner).ClearAsync(Cancel);
        return Scenario.BeginsOne
            ? null
            : (await Sessions.NewAsync(_inner, LeakCollector.Payload, _clock.GetUtcNow() - TimeProvider.System.GetUtcNow() + Life)).Cookie;
    }

    /// <summary>Sends the request; nothing where the answer broke off.</summary>
    public async Task<Answer?> SendAsync(string? cookie)
    {
        var answering = _host!.Client.SendAsync("/", cookie, cancellationToken: Cancel);

        // Where the request waits for the fake clock (a store that hangs, the pause before another attempt) it tells nobody: the clock goes on until there is an answer.
        while (await Task.WhenAny(answering, Task.Delay(1, Cancel)) != answering)
        {
            _clock.Advance(Store.IsHanging ? StoreTimeout : Moment);
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
    public async Task<string?> KeysAsync(string? cookie) => cookie is null ? null : KeysOf(await _inner.GetAsync(Answer.SidOf(cookie), Cancel));

    /// <summary>Whether the session that a cookie opens lives for a day again, as its cookie or its store says.</summary>
    public async Task<bool> IsRenewedAsync(string cookie) =>
        (await _inner.GetAsync(Answer.SidOf(cookie), Cancel))?.Expires > _clock.GetUtcNow() + (Life * 1.5);

    /// <summary>How many sessions there are, whoever knows of them.</summary>
    public async Task<int> CountAsync() =>
        await ((IEnumerableSessionStore)_inner).AllAsync(Cancel).CountAsync(static entry => KeysOf(entry.Record) is not null, Cancel);

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        await StorePlace.CloseAsync(_inner);
    }

    private Task HandleAsync(HttpContext context)
    {
        var session = context.GetServerSession();
        return Scenario.RunAsync(session, context, () => WriteBesideAsync(session.Id));
    }

    private async Task WriteBesideAsync(string sid)
    {
        var known = (await _inner.GetAsync(sid, Cancel))!;
        var document = SessionDocument.Parse(known.Payload);
        document.SetJson("rival", "1"u8.ToArray());
        var stored = await ((IConditionalSessionStore)_inner).TrySetAsync(sid, new SessionRecord(document.ToPayload(), known.Expires), known, Cancel);
        Assert.Equal(ConditionalSetResult.Stored, stored);
    }

    private static string? KeysOf(SessionRecord? record) =>
        record is null || SessionDocument.Parse(record.Payload).Keys is var keys && keys.Contains("__moved") ? null : string.Join(", ", keys.Order(StringComparer.Ordinal));
}
