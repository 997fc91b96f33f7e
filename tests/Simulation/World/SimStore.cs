namespace ServerSessions.Simulation.World;

/// <summary>
/// A store behind a network: a call travels, takes effect in one step, and its reply travels back. Faulty, it fails before the effect, or
/// after it, or takes effect long after the caller has given up. It ignores its token, as a driver without cancellation does.
/// </summary>
internal sealed class SimStore(Scheduler scheduler, TimeProvider clock, double faults, bool comparesAndSets, bool isTouchCheap)
    : IGetAndTouchSessionStore,
        IConditionalSessionStore
{
    private readonly Dictionary<string, Row> _rows = [];
    private readonly HashSet<string> _everStored = [];
    private long _versions;

    public event EventHandler? Connected
    {
        add { }
        remove { }
    }

    public event EventHandler? Disconnected
    {
        add { }
        remove { }
    }

    public bool IsTouchCheap => isTouchCheap;

    /// <summary>Whether calls fail; off while the end of a history is looked at.</summary>
    public bool IsFaulty { get; set; } = faults > 0;

    /// <summary>The live records.</summary>
    public IEnumerable<(string Sid, byte[] Payload)> Live =>
        _rows.Where(row => IsLive(row.Value)).Select(static row => (row.Key, row.Value.Payload));

    /// <summary>The live records with their expiry.</summary>
    public IEnumerable<(string Key, byte[] Payload, DateTimeOffset Expires)> Records =>
        _rows.Where(row => IsLive(row.Value)).Select(static row => (row.Key, row.Value.Payload, row.Value.Expires));

    public bool WasEverStored(string sid) => _everStored.Contains(sid);

    public ValueTask<SessionRecord?> GetAsync(string sid, CancellationToken cancellationToken = default) =>
        CallAsync("get", sid, () => Find(sid) is { } row ? new SessionRecord(row.Payload, row.Expires, row.Version) : null);

    public ValueTask<GetAndTouchResult> GetAndTouchAsync(
        string sid,
        SessionTouchPlan plan,
        CancellationToken cancellationToken = default
    ) => CallAsync("get-and-touch", sid, () =>
        {
            if (Find(sid) is not { } row)
            {
                return default;
            }

            var touches = row.Payload.AsSpan().StartsWith(plan.Prefix.Span);
            if (touches)
            {
                _rows[sid] = row = row with { Expires = ExpiryOf(plan.Expires) };
            }

            return new GetAndTouchResult { Record = new SessionRecord(row.Payload, row.Expires, row.Version), IsTouched = touches };
        });

    public async ValueTask SetAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        await CallAsync("set", sid, () => Put(sid, record));

    public async ValueTask DestroyAsync(string sid, CancellationToken cancellationToken = default) =>
        await CallAsync("destroy", sid, () => _rows.Remove(sid));

    public ValueTask<bool> TouchAsync(string sid, SessionRecord record, CancellationToken cancellationToken = default) =>
        CallAsync("touch", sid, () =>
        {
            if (Find(sid) is not { } row)
            {
                return false;
            }

            _rows[sid] = row with { Expires = ExpiryOf(record.Expires) };
            return true;
        });

    public ValueTask<ConditionalSetResult> TrySetAsync(
        string sid,
        SessionRecord record,
        SessionRecord? expected,
        CancellationToken cancellationToken = default
    ) => CallAsync("try-set", sid, () =>
        {
            var row = Find(sid);
            if (comparesAndSets)
            {
                if (expected is null != row is null)
                {
                    return row is null ? ConditionalSetResult.Missing : ConditionalSetResult.Changed;
                }

                if (
                    row is { } present
                    && !(
                        expected!.Token is long version ? version == present.Version : expected.Payload.Span.SequenceEqual(present.Payload)
                    )
                )
                {
                    return ConditionalSetResult.Changed;
                }
            }

            Put(sid, record);
            return ConditionalSetResult.Stored;
        });

    private async ValueTask<T> CallAsync<T>(string call, string sid, Func<T> effect)
    {
        scheduler.Note($"{call} {sid};");
        var fault = IsFaulty && scheduler.Random.NextDouble() < faults ? scheduler.Random.Next(3) : -1;
        await scheduler.StepAsync();
        switch (fault)
        {
            case 0:
                throw Trouble(call);
            case 1:
                effect();
                await scheduler.StepAsync();
                throw Trouble(call);
            case 2:
                await Task.Delay(TimeSpan.FromSeconds(1 + (scheduler.Random.NextDouble() * 4)), clock);
                break;
        }

        var answer = effect();
        await scheduler.StepAsync();
        return answer;
    }

    private static SessionStoreUnavailableException Trouble(string call) =>
        new($"The simulated network lost a {call}.", SessionStoreOperation.Get, "Simulated");

    private bool Put(string sid, SessionRecord record)
    {
        var expires = ExpiryOf(record.Expires);
        if (expires <= clock.GetUtcNow())
        {
            return _rows.Remove(sid);
        }

        _everStored.Add(sid);
        _rows[sid] = new Row(record.Payload.ToArray(), expires, ++_versions);
        return true;
    }

    private DateTimeOffset ExpiryOf(DateTimeOffset? expires) => expires ?? clock.GetUtcNow() + TimeSpan.FromDays(1);

    private Row? Find(string sid) => _rows.TryGetValue(sid, out var row) && IsLive(row) ? row : null;

    private bool IsLive(Row row) => row.Expires > clock.GetUtcNow();

    private sealed record Row(byte[] Payload, DateTimeOffset Expires, long Version);
}
