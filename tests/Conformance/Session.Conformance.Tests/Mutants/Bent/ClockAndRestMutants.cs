using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong after a clock was set back, and about what stays at rest.</summary>
internal static class ClockAndRestMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("a set with an older clock is dropped", "CLK-01", "that was set again after the clock was set back", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    if (!IsOlder(b, sid))
                    {
                        next(record);
                    }
                },
            }),
            Mutant.Of("a destroy with an older clock is dropped", "CLK-01", "destroyed after the clock was set back", s => new Bent(s)
            {
                OnRemove = static (b, sid, next) =>
                {
                    if (!IsOlder(b, sid))
                    {
                        next();
                    }
                },
            }),
            Mutant.Of("a touch with an older clock is dropped", "CLK-01", "that was touched after the clock was set back", s => new Bent(s)
            {
                OnRetouch = static (b, sid, record, next) => IsOlder(b, sid) && b.Look(sid) is not null || next(record),
            }),
            Mutant.Of("a try-set with an older clock is dropped", "CLK-01", "try-set after the clock was set back", s => new Bent(s)
            {
                OnTrySet = static (b, sid, _, _, next) =>
                    IsOlder(b, sid) && b.Look(sid) is not null ? new(ConditionalSetResult.Changed) : next(),
            }),
            Mutant.Of("a tombstone of the future is not looked at", "CLK-01", "a destroyed session, after the clock", s => new Bent(s)
            {
                OnRemove = static (b, sid, _) => b.Memory[sid] = b.Time,
                OnPut = static (b, sid, record, next) =>
                {
                    b.Memory.TryRemove(sid, out _);
                    next(record);
                    if (b.EndOf(record) <= b.Time)
                    {
                        b.Space.Rows.TryRemove(sid, out _);
                    }
                },
                OnFind = static (b, sid, next) => b.Memory.TryGetValue(sid, out var at) && (DateTimeOffset)at <= b.Time ? null : next(),
            }),
            Mutant.Of("a set leaves what it has ended", "RST-01", "after set with an expiry a minute ago", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    var old = b.Look(sid);
                    next(record);
                    Leave(b, sid, old, record.Expires);
                },
            }),
            Mutant.Of("a try-set leaves what it has ended", "RST-01", "after try-set with an expiry a minute ago", s => new Bent(s)
            {
                OnTrySet = static async (b, sid, record, _, next) =>
                {
                    var old = b.Look(sid);
                    var result = await next();
                    if (result == ConditionalSetResult.Stored)
                    {
                        Leave(b, sid, old, record.Expires);
                    }

                    return result;
                },
            }),
            Mutant.Of("a new session that has ended is kept at rest", "RST-01", "a new session that ends now", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    var isNew = b.Look(sid) is null;
                    next(record);
                    if (isNew && b.EndOf(record) <= b.Time)
                    {
                        b.Space.Rows[sid] = b.RowOf(record, DateTimeOffset.UnixEpoch);
                    }
                },
            }),
            Mutant.Of("destroy marks the entry", "RST-02", "payloads at rest after destroy: none", s => new Bent(s)
            {
                OnRemove = static (b, sid, _) => b.Write(sid, static row => row with { Expires = DateTimeOffset.UnixEpoch }),
            }),
            Mutant.Of("the session before the last set is kept", "RST-02", "payloads at rest after destroy: none", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    if (b.Look(sid) is { } old)
                    {
                        b.Space.Rows["before:" + sid] = old with { Expires = DateTimeOffset.UnixEpoch };
                    }

                    next(record);
                },
            }),
            Mutant.Of("clear leaves the expired at rest", "RST-02", "clear, with an expired session", s => new Bent(s)
            {
                OnClear = ClearLiveAsync,
            }),
            Mutant.Of("clear leaves the expired to prune", "ENU-11", "prune after clear", s => new Bent(s) { OnClear = ClearLiveAsync }),
            Mutant.Of("a read cache is not told of a clear", "ENU-11", "after clear: absent", s => new Bent(s)
            {
                OnFind = static (b, sid, next) =>
                {
                    if (next() is { } row)
                    {
                        b.Memory[sid] = row;
                        return row;
                    }

                    return b.Memory.GetValueOrDefault(sid) is Row cached && cached.Expires > b.Time ? cached : null;
                },
                OnRemove = static (b, sid, next) =>
                {
                    b.Memory.TryRemove(sid, out _);
                    next();
                },
            }),
            Mutant.Of("a cache is not told of a destroy", "GSD-04", "after destroy: absent", s => new Bent(s)
            {
                OnFind = static (b, sid, next) =>
                {
                    if (next() is { } row)
                    {
                        b.Memory[sid] = row;
                        return row;
                    }

                    return b.Memory.GetValueOrDefault(sid) is Row cached && cached.Expires > b.Time ? cached : null;
                },
            }),
        ];

    /// <summary>Whether now is before the last write.</summary>
    private static bool IsOlder(Bent b, string sid) => b.Space.Rows.TryGetValue(sid, out var row) && row.Written > b.Time;

    private static bool Leave(Bent b, string sid, Row? old, DateTimeOffset? expires)
    {
        if (old is not null && expires <= b.Time)
        {
            b.Space.Rows[sid] = old with { Expires = expires.Value };
        }

        return true;
    }

#pragma warning disable CA1068 // The order is that of the steps of a bent store.
    private static ValueTask ClearLiveAsync(Bent b, CancellationToken token, Func<ValueTask> next)
#pragma warning restore CA1068
    {
        if (b.Space.Fault is not null || token.IsCancellationRequested)
        {
            return next();
        }

        foreach (var (key, _) in b.Space.Rows.Where(entry => entry.Value.Expires > b.Time))
        {
            b.Space.Rows.TryRemove(key, out _);
        }

        return ValueTask.CompletedTask;
    }
}
