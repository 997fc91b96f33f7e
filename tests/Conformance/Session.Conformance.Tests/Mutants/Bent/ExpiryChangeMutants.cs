using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about how an expiry moves, about its very instant, and about long lives.</summary>
internal static class ExpiryChangeMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("an expiry that is not given leaves the old one", "EXP-17", "set without an expiry, of a session with", s => new Bent(
                s
            )
            {
                OnPut = static (b, sid, record, next) =>
                    next(record.Expires is null && b.Look(sid) is { } old ? At(record, old.Expires) : record),
            }),
            Mutant.Of(
                "the default lifetime counts from the first write",
                "EXP-17",
                "set without an expiry, of a session with",
                s => new Bent(s)
                {
                    OnPut = static (b, sid, record, next) =>
                        next(
                            record.Expires is null && b.Look(sid) is { } old ? At(record, old.Written + b.Request.DefaultLifetime) : record
                        ),
                }
            ),
            Mutant.Of("try-set without an expiry leaves the old one", "EXP-17", "try-set without an expiry", s => new Bent(s)
            {
                OnTrySet = static async (b, sid, record, _, next) =>
                {
                    var old = b.Look(sid);
                    var result = await next();
                    if (record.Expires is null && old is not null && result == ConditionalSetResult.Stored)
                    {
                        b.Write(sid, row => row with { Expires = old.Expires });
                    }

                    return result;
                },
            }),
            Mutant.Of("the default lifetime never shortens", "EXP-17", "of a session with a later expiry", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                    next(
                        record.Expires is null && b.Look(sid) is { } old && old.Expires > b.EndOf(record) ? At(record, old.Expires) : record
                    ),
            }),
            Mutant.Of("a set of the same bytes is skipped", "EXP-18", "after set of the same payload", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    if (b.Look(sid) is not { } old || !old.Payload.AsSpan().SequenceEqual(record.Payload.Span))
                    {
                        next(record);
                    }
                },
            }),
            Mutant.Of("a set keeps an expiry that differs by less than a second", "EXP-18", "after set of the same payload", s =>
                Keeps(s, 1)
            ),
            Mutant.Of("a set keeps an expiry that differs by less than a minute", "EXP-18", "after set of the same payload", s =>
                Keeps(s, 60)
            ),
            Mutant.Of("a try-set of the same bytes is skipped", "CND-15", "after try-set of the same payload", s => new Bent(s)
            {
                OnTrySet = static (b, sid, record, _, next) =>
                    b.Space.Fault is null
                    && b.Look(sid) is { } old
                    && old.Payload.AsSpan().SequenceEqual(record.Payload.Span)
                    && record.Expires > b.Time
                        ? new(ConditionalSetResult.Stored)
                        : next(),
            }),
            Mutant.Of("try-set keeps an expiry that hardly differs", "CND-15", "after try-set of the same payload", s => new Bent(s)
            {
                OnTrySet = static async (b, sid, record, _, next) =>
                {
                    var old = b.Look(sid);
                    var result = await next();
                    if (old is not null && record.Expires is { } end && (end - old.Expires).Duration() < TimeSpan.FromSeconds(1))
                    {
                        b.Write(sid, row => row with { Expires = old.Expires });
                    }

                    return result;
                },
            }),
            Mutant.Of("try-set never shortens", "CND-03", "after try-set that was Stored", s => new Bent(s)
            {
                OnTrySet = static async (b, sid, record, _, next) =>
                {
                    var old = b.Look(sid);
                    var result = await next();
                    if (old is not null && record.Expires > b.Time && record.Expires < old.Expires && result == ConditionalSetResult.Stored)
                    {
                        b.Write(sid, row => row with { Expires = old.Expires });
                    }

                    return result;
                },
            }),
            Mutant.Of("touch skips a small change", "TCH-17", "after touch of the same payload", s => new Bent(s)
            {
                OnRetouch = static (b, sid, record, next) =>
                    b.Look(sid) is { } row && record.Expires is { } end && (end - row.Expires).Duration() < TimeSpan.FromSeconds(1)
                    || next(record),
            }),
            Mutant.Of("touch writes only what is later by a second", "TCH-17", "after touch of the same payload", s => new Bent(s)
            {
                OnRetouch = static (b, sid, record, next) =>
                    b.Look(sid) is { } row && record.Expires > b.Time && record.Expires < row.Expires.AddSeconds(1) || next(record),
            }),
            Mutant.Of("get and touch skips a small change", "GTT-14", "after get and touch of the same payload", s => new Bent(s)
            {
                OnGetAndTouch = static (b, sid, plan, next) =>
                    next(
                        b.Look(sid) is { } row && plan.Expires is { } end && (end - row.Expires).Duration() < TimeSpan.FromSeconds(1)
                            ? plan with
                            {
                                Expires = row.Expires,
                            }
                            : plan
                    ),
            }),
            .. Instant(),
            .. Long(),
        ];

    private static IEnumerable<Mutant> Instant()
    {
        // A row that ends now is there for one operation.
        static bool EndsNow(Bent b, string sid) => b.Space.Rows.TryGetValue(sid, out var row) && row.Expires == b.Time;
        yield return Mutant.Of("touch finds what ends now", "EXP-19", "touch at the very instant of the expiry: false", s => new Bent(s)
        {
            OnTouch = static (b, sid, _, _, next) => EndsNow(b, sid) ? new(true) : next(),
        });
        yield return Mutant.Of(
            "get and touch finds what ends now",
            "EXP-19",
            "get and touch at the very instant of the expiry",
            s => new Bent(s)
            {
                OnReadAndTouch = static (b, sid, _, next) =>
                    EndsNow(b, sid) ? new(new GetAndTouchResult { Record = new SessionRecord(b.Space.Rows[sid].Payload, b.Time) }) : next(),
            }
        );
        yield return Mutant.Of(
            "length counts what ends now",
            "EXP-19",
            "length of sessions at the very instant of the expiry",
            s => new Bent(s)
            {
                OnLength = static async (b, _, next) => await next() + b.Space.Rows.Values.Count(row => row.Expires == b.Time),
            }
        );
        yield return Mutant.Of("all yields what ends now", "EXP-19", "all at the very instant of the expiry: nothing", s => new Bent(s)
        {
            OnAll = static (b, _, next) => WithEndingAsync(b, next()),
        });
        yield return Mutant.Of("try-set finds what ends now", "EXP-19", "expecting the session: Missing", s => new Bent(s)
        {
            OnTrySet = static (b, sid, _, _, next) => EndsNow(b, sid) ? new(ConditionalSetResult.Changed) : next(),
        });
    }

    private static IEnumerable<Mutant> Long()
    {
        yield return Mutant.Of("a life is at most 32 bits of milliseconds", "EXP-20", "a session that lives for 25 days", s => new Bent(s)
        {
            OnExpiry = static (b, _, end) => Most(b, end, TimeSpan.FromMilliseconds(int.MaxValue)),
        });
        yield return Mutant.Of(
            "more than 30 days is taken for an instant",
            "EXP-20",
            "a session that lives for 40 days: there",
            s => new Bent(s)
            {
                OnExpiry = static (b, _, end) =>
                    end - b.Time > TimeSpan.FromDays(30) && !IsFar(b, end) ? DateTimeOffset.UnixEpoch + (end - b.Time) : end,
            }
        );
        yield return Mutant.Of("summer time moves the expiry", "EXP-20", "a session that lives for 40 days: Expires", s => new Bent(s)
        {
            OnExpiry = static (b, _, end) => IsSummer(end) && !IsSummer(b.Time) ? end.AddHours(-1) : end,
        });
        yield return Mutant.Of("a life is at most a year", "EXP-20", "a session that lives for 400 days", s => new Bent(s)
        {
            OnExpiry = static (b, _, end) => Most(b, end, TimeSpan.FromDays(365)),
        });
        yield return Mutant.Of("a touch is good for 30 days at most", "EXP-20", "a session touched to live for 41 days", s => new Bent(s)
        {
            OnRetouch = static (b, _, record, next) => next(At(record, Most(b, b.EndOf(record), TimeSpan.FromDays(30)))),
        });
    }

    private static async IAsyncEnumerable<SessionEntry> WithEndingAsync(Bent b, IAsyncEnumerable<SessionEntry> all)
    {
        await foreach (var entry in all)
        {
            yield return entry;
        }

        foreach (var (sid, row) in b.Space.Rows.Where(entry => entry.Value.Expires == b.Time))
        {
            yield return new SessionEntry(sid, new SessionRecord(row.Payload, row.Expires));
        }
    }

    private static Bent Keeps(Setup s, int seconds) =>
        new(s)
        {
            OnPut = (b, sid, record, next) =>
                next(
                    b.Look(sid) is { } old && record.Expires is { } end && (end - old.Expires).Duration() < TimeSpan.FromSeconds(seconds)
                        ? At(record, old.Expires)
                        : record
                ),
        };

    private static bool IsSummer(DateTimeOffset instant) => instant.Month is > 3 and < 10;

    // What EXP-10 asks for is for other mutants.
    private static bool IsFar(Bent b, DateTimeOffset end) => end > b.Time.AddYears(50);

    private static DateTimeOffset Most(Bent b, DateTimeOffset end, TimeSpan most) =>
        end - b.Time > most && !IsFar(b, end) ? b.Time + most : end;

    private static SessionRecord At(SessionRecord record, DateTimeOffset expires) =>
        SessionRecord.TakeOwnership(record.Payload, expires, record.Token);
}
