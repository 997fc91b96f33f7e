using System.Collections.Concurrent;

namespace ServerSessions.Tests;

/// <summary>A store that can touch when it reads, over a dictionary, and tells its calls.</summary>
internal sealed class TouchingReadStore(TimeProvider time, bool isTouchCheap = true) : IGetAndTouchSessionStore, IConditionalSessionStore
{
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(1);

    private readonly ConcurrentQueue<string> _calls = new();
    private readonly Dictionary<string, SessionRecord> _records = [];
    private readonly Lock _gate = new();

    public bool IsTouchCheap => isTouchCheap;

    public bool MissingFileMeansAbsent { get; set; }

    public string[] Calls => [.. _calls];

    /// <summary>The expiry of the one session there is.</summary>
    public DateTimeOffset Expires
    {
        get
        {
            lock (_gate)
            {
                return Assert.Single(_records).Value.Expires!.Value;
            }
        }
    }

    /// <summary>Runs in place of the next reads.</summary>
    public Exception? ReadFailure { get; set; }

    public void Forget() => _calls.Clear();

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        Call("get", () => ReadFailure is null ? Find(sid) : throw ReadFailure);

    public ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid,
        SessionTouchPlan plan,
        CancellationToken cancellationToken = default
    ) => Call("get-and-touch", () =>
        {
            if (ReadFailure is not null)
            {
                throw ReadFailure;
            }

            return Find(sid) is not { } record ? default
                : record.Payload.Span.StartsWith(plan.Prefix.Span)
                    ? new GetAndTouchResult { Record = Put(sid, record.Payload, plan.Expires), IsTouched = true }
                : new GetAndTouchResult { Record = record };
        });

    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        await Call("set", () => Put(sid, record.Payload, record.Expires));

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
        await Call("destroy", () => _records.Remove(sid));

    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        Call("touch", () => Find(sid) is { } there && Put(sid, there.Payload, record.Expires) is not null);

    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    ) => Call("set", () =>
        {
            var there = Find(sid);
            if (there is null != expected is null)
            {
                return there is null ? ConditionalSetResult.Missing : ConditionalSetResult.Changed;
            }

            if (there is not null && !there.Payload.Span.SequenceEqual(expected!.Payload.Span))
            {
                return ConditionalSetResult.Changed;
            }

            Put(sid, record.Payload, record.Expires);
            return ConditionalSetResult.Stored;
        });

    private ValueTask<T> Call<T>(string name, Func<T> effect)
    {
        _calls.Enqueue(name);
        lock (_gate)
        {
            return ValueTask.FromResult(effect());
        }
    }

    private SessionRecord Put(string sid, ReadOnlyMemory<byte> payload, DateTimeOffset? expires) =>
        _records[sid] = new SessionRecord(payload.Span, expires ?? time.GetUtcNow() + DefaultLifetime);

    private SessionRecord? Find(string sid) =>
        _records.TryGetValue(sid, out var record) && record.Expires > time.GetUtcNow() ? record : null;
}
