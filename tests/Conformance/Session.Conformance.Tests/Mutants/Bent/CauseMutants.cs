using System.Text;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Faults that usual causes name and that no other mutant has: of get, set, destroy, expiry and content.</summary>
internal static class CauseMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("get returns no expiry", "GSD-02", "a record without Expires", s => new Bent(s)
            {
                OnRecord = static (_, _, record) => SessionRecord.TakeOwnership(record.Payload, null, record.Token),
            }),
            Mutant.Of("the expiry is cut to whole seconds", "GSD-02", "after set: Expires", s => new Bent(s)
            {
                OnExpiry = static (b, _, end) => end > b.Time.AddSeconds(2) ? end.AddTicks(-(end.Ticks % TimeSpan.TicksPerSecond)) : end,
            }),
            Mutant.Of("the lifetime is cut to whole minutes", "EXP-18", "after set of the same payload", s => new Bent(s)
            {
                OnExpiry = static (b, _, end) =>
                    end - b.Time is var life && life > TimeSpan.FromMinutes(1)
                        ? b.Time + TimeSpan.FromMinutes(Math.Floor(life.TotalMinutes))
                        : end,
            }),
            Mutant.Of("a removal waits for the next write", "GSD-04", "after destroy: absent", s => new Bent(s)
            {
                OnRemove = static (b, sid, _) => b.Memory[sid] = true,
                OnPut = static (b, sid, record, next) =>
                {
                    foreach (var gone in b.Memory.Keys)
                    {
                        b.Memory.TryRemove(gone, out _);
                        b.Space.Rows.TryRemove(gone, out _);
                    }

                    if (b.EndOf(record) > b.Time)
                    {
                        next(record);
                    }
                    else
                    {
                        b.Space.Rows.TryRemove(sid, out _);
                    }
                },
            }),
            Mutant.Of("destroy builds another key", "GSD-04", "after destroy: absent", s => new Bent(s)
            {
                OnRemove = static (b, sid, next) => b.Space.Rows.TryRemove("sess:" + sid, out _),
                OnPut = static (b, sid, record, next) =>
                {
                    b.Space.Rows.TryRemove(sid, out _);
                    next(record);
                },
            }),
            Mutant.Of("the driver's time-out for a cancelled call gets out", "CAN-01", "get with a cancelled token", s => new Bent(s)
            {
                OnGet = static (_, _, token, next) => token.IsCancellationRequested ? throw new TimeoutException("cancelled") : next(),
            }),
            Mutant.Racing("touch is an upsert in a race", "CON-05", "with touches at the same time", s => new Bent(s)
            {
                OnRetouch = static (b, sid, record, next) =>
                {
                    var there = next(record);
                    b.Space.Rows.TryAdd(sid, b.RowOf(record, b.EndOf(record)));
                    return there;
                },
            }),
            Mutant.Of("an expired row counts as a changed one", "CND-05", "expecting a session that has expired: Missing", s => new Bent(s)
            {
                OnTrySet = static async (b, sid, _, _, next) =>
                {
                    var result = await next();
                    return result == ConditionalSetResult.Missing && b.Space.Rows.ContainsKey(sid) ? ConditionalSetResult.Changed : result;
                },
            }),
            Mutant.Of("the expiry is part of what is compared", "CND-07", "that was only touched since: Stored", s => new Bent(s)
            {
                OnCompare = static (_, row, expected, result) =>
                    row is not null && expected?.Expires is { } end && end != row.Expires ? ConditionalSetResult.Changed : result,
            }),
            Mutant.Of("a record without a token matches any session", "CND-14", "and was set again since", s => new Bent(s)
            {
                OnCompare = static (_, row, expected, result) =>
                    row is not null && expected is { Token: null } ? ConditionalSetResult.Stored : result,
            }),
            Mutant.Of("a try-set of a past expiry is for ever", "CND-13", "after try-set with an expiry a minute ago", s => new Bent(s)
            {
                OnTrySet = static async (b, sid, record, _, next) =>
                {
                    var result = await next();
                    if (result == ConditionalSetResult.Stored && record.Expires <= b.Time)
                    {
                        b.Space.Rows[sid] = b.RowOf(record, DateTimeOffset.MaxValue);
                    }

                    return result;
                },
            }),
            Mutant.Of("a listing has no prefix", "ENU-12", "three sessions, and one in another space: no other", s => new Bent(s)
            {
                OnListed = static (b, _) => b.Space.Server.Spaces.SelectMany(static space => space.Rows),
            }),
            Mutant.Of("every session lives for five minutes", "EXP-02", "the session, which expires", s => new Bent(s)
            {
                OnLive = static (b, row, isLive) => isLive && (row.Expires > b.Time.AddYears(50) || b.Time < row.Written.AddMinutes(5)),
            }),
            Mutant.Of("a set over an expired row keeps its expiry", "EXP-09", "set after expiry", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    b.Space.Rows.TryGetValue(sid, out var old);
                    next(record);
                    if (old is not null && old.Expires <= b.Time)
                    {
                        b.Write(sid, row => row with { Expires = old.Expires });
                    }
                },
            }),
            Mutant.Of(
                "a margin is added to the last instant",
                "EXP-10",
                "set with an expiry at the last instant: no exception",
                s => new Bent(s) { OnExpiry = static (_, _, end) => end.AddTicks(1).AddTicks(-1) }
            ),
            Mutant.Of("a life below a second is none", "EXP-12", "a session that lives for less than a second, at once", s => new Bent(s)
            {
                OnExpiry = static (b, _, end) => end - b.Time < TimeSpan.FromSeconds(1) ? b.Time : end,
            }),
            Mutant.Of("the values are in a log line", "SEC-01", "a line with a payload", s => new Bent(s)
            {
                OnSet = static (b, _, record, token, next) =>
                {
                    if (token.IsCancellationRequested)
                    {
                        b.Space.Server.Log.Enqueue($"failed: INSERT … {Encoding.UTF8.GetString(record.Payload.Span)}");
                    }

                    return next();
                },
            }),
            Mutant.Of("the driver's exception with the key is attached", "SEC-02", "carries a session id", s => new Bent(s)
            {
                OnSet = static (_, sid, _, token, next) =>
                    token.IsCancellationRequested
                        ? throw new OperationCanceledException("Cancelled.", new InvalidOperationException($"SET sess:{sid}"))
                        : next(),
            }),
            Stores("emoji of a payload become question marks", "PAY-01", "the text", static text =>
                string.Concat(text.EnumerateRunes().Select(static rune => rune.Value > 0xffff ? "?" : rune.ToString()))
            ),
            Stores("spaces at the end of a text are cut", "PAY-01", "the text 'trailing space '", static text =>
                text.Replace(" \"", "\"", StringComparison.Ordinal)
            ),
            Stores("half a surrogate pair becomes U+FFFD", "PAY-11", "a text with an escaped lone surrogate", static text =>
                text.Replace("\\ud800", "\\ufffd", StringComparison.Ordinal)
            ),
            Mutant.Of("false and 0 are dropped", "PAY-04", "null, false, 0", s => new Bent(s)
            {
                OnEncode = static payload => Documents.Map(payload, static (key, json) => json is "false" or "0" ? null : (key, json)),
            }),
            Mutant.Of("keys with a dollar sign are refused", "PAY-08", "set of the key '$set': no exception", s => new Bent(s)
            {
                OnEncode = static payload =>
                    Documents.TryParse(payload, out var document) && document.Keys.Any(static key => key.StartsWith('$'))
                        ? throw new SessionStoreException("Bad key.", SessionStoreOperation.Set, "Mutant", isTransient: false)
                        : payload,
            }),
            Ids("ids are paths", "IDS-01", "the id '", static sid => sid.Split('/')[^1]),
            Ids("a key column of 255 characters", "IDS-05", "no exception", static sid =>
                sid.Length > 255
                    ? throw new SessionStoreException("Too long.", SessionStoreOperation.Set, "Mutant", isTransient: false)
                    : sid
            ),
            Ids("metadata is among the sessions", "IDS-08", "the id '", static sid => sid == "meta" ? "index" : sid),
            Ids("a digest of two bits", "IDS-11", "characters)", static sid =>
                sid.Length > 40 ? $"{sid.Length}:{sid.Select(static (c, i) => c * (i + 1)).Sum() % 4}" : sid
            ),
            Mutant.Of("prune goes by the age", "PRN-01", "a live session, after prune", s => new Bent(s)
            {
                OnPrune = static (b, batch, next) =>
                    b
                        .Space.Rows.Where(entry => entry.Value.Written <= b.Time.AddMinutes(-10))
                        .Take(batch)
                        .ToArray()
                        .Count(entry => b.Space.Rows.TryRemove(entry.Key, out _)),
            }),
            Mutant.Of("prune returns what it has read", "PRN-02", "in batches of 3: 3, 3, 1", s => new Bent(s)
            {
                OnPrune = static (b, batch, next) =>
                {
                    var read = Math.Min(batch, b.Space.Rows.Count);
                    next(batch);
                    return read;
                },
            }),
            .. Touches(),
        ];

    private static IEnumerable<Mutant> Touches()
    {
        yield return Touch(
            "a touch within a minute of the write is skipped",
            "TCH-06",
            "after the earlier expiry of the touch",
            static (b, sid, record, next) =>
                b.Look(sid) is { } row && b.Time - row.Written < TimeSpan.FromMinutes(1) && record.Expires > b.Time || next(record)
        );
        yield return Touch("only the first touch takes effect", "TCH-07", "a touch before the expiry", static (b, sid, record, next) =>
            b.Look(sid) is { } row && !b.Memory.TryAdd($"{row.Content.GetHashCode()}", true) && record.Expires > b.Time || next(record)
        );
        yield return Touch(
            "touches are throttled to one in 20 minutes",
            "TCH-07",
            "a touch before the expiry",
            static (b, sid, record, next) =>
            {
                if (b.Look(sid) is null)
                {
                    return next(record);
                }

                if (
                    b.Memory.GetValueOrDefault(sid) is DateTimeOffset last
                    && b.Time - last < TimeSpan.FromMinutes(20)
                    && record.Expires > b.Time
                )
                {
                    return true;
                }

                b.Memory[sid] = b.Time;
                return next(record);
            }
        );
        yield return Touch(
            "touch returns false if nothing differs",
            "TCH-13",
            "with the same expiry: true",
            static (b, sid, record, next) => (b.Look(sid) is not { } row || row.Expires != record.Expires) && next(record)
        );
        yield return Touch(
            "touch without an expiry is for ever",
            "TCH-11",
            "after a touch without an expiry",
            static (b, _, record, next) => next(At(record, record.Expires ?? DateTimeOffset.MaxValue))
        );
        yield return Touch(
            "touch compares the token",
            "TCH-12",
            "with a record read before the last set: true",
            static (b, sid, record, next) =>
                (b.Look(sid) is not { } row || record.Token is null || record.Token == row.Content) && next(record)
        );
        yield return Touch(
            "touch of a past expiry is for ever",
            "TCH-14",
            "after a touch with an expiry that is not in the future",
            static (b, _, record, next) => next(b.EndOf(record) <= b.Time ? At(record, DateTimeOffset.MaxValue) : record)
        );
        yield return Touch("touch has no WHERE", "TCH-15", "another session, after touch", static (b, sid, record, next) =>
        {
            foreach (
                var (key, _) in b.Space.Rows.Where(entry =>
                    b.Look(sid) is not null && record.Expires > b.Time && entry.Value.Expires > b.Time
                )
            )
            {
                b.Write(key, row => row with { Expires = record.Expires!.Value });
            }

            return next(record);
        });
        yield return Touch(
            "touch writes what differs by 20 minutes",
            "TCH-16",
            "after two touches in a row",
            static (b, sid, record, next) =>
                b.Look(sid) is { } row
                    && record.Expires > b.Time
                    && (record.Expires.Value - row.Expires).Duration() < TimeSpan.FromMinutes(20)
                || next(record)
        );
        yield return ReadAndTouch(
            "the prefix is compared with the key",
            "GTT-01",
            "of a session that begins so: touched",
            static (b, sid, plan, next) => next(plan.Prefix.IsEmpty ? plan : plan with { Prefix = Encoding.UTF8.GetBytes(sid) })
        );
        yield return ReadAndTouch(
            "the result is made from the arguments",
            "GTT-03",
            "which was returned as not touched: Expires",
            static (_, _, plan, next) =>
                next(plan) is { Record: { } record } result ? result with { Record = At(record, plan.Expires ?? record.Expires) } : default
        );
        yield return ReadAndTouch(
            "get and touch without an expiry is for ever",
            "GTT-06",
            "get and touch without an expiry",
            static (_, _, plan, next) => next(plan with { Expires = plan.Expires ?? DateTimeOffset.MaxValue })
        );
        yield return ReadAndTouch(
            "get and touch of a past expiry is for ever",
            "GTT-07",
            "with an expiry that is not in the future",
            static (b, _, plan, next) => next(plan.Expires <= b.Time ? plan with { Expires = DateTimeOffset.MaxValue } : plan)
        );
        yield return ReadAndTouch(
            "get and touch takes the id for a pattern",
            "GTT-13",
            "another session, after get and touch",
            static (b, sid, plan, next) =>
            {
                foreach (var key in b.Space.Rows.Keys.Where(key => key.StartsWith(sid, StringComparison.Ordinal) && plan.Expires > b.Time))
                {
                    b.Write(key, row => row with { Expires = plan.Expires!.Value });
                }

                return next(plan);
            }
        );
    }

    private static Mutant Touch(
        string name,
        string killedBy,
        string phrase,
        Func<Bent, string, SessionRecord, Func<SessionRecord, bool>, bool> retouch
    ) => Mutant.Of(name, killedBy, phrase, s => new Bent(s) { OnRetouch = retouch });

    private static Mutant ReadAndTouch(
        string name,
        string killedBy,
        string phrase,
        Func<Bent, string, SessionTouchPlan, Func<SessionTouchPlan, GetAndTouchResult>, GetAndTouchResult> call
    ) => Mutant.Of(name, killedBy, phrase, s => new Bent(s) { OnGetAndTouch = call });

    private static Mutant Stores(string name, string killedBy, string phrase, Func<string, string> encode) =>
        Mutant.Of(name, killedBy, phrase, s => new Bent(s) { OnEncode = bytes => Documents.Map(bytes, encode) });

    private static Mutant Ids(string name, string killedBy, string phrase, Func<string, string> key) =>
        Mutant.Of(name, killedBy, phrase, s => new Bent(s) { OnKey = key });

    private static SessionRecord At(SessionRecord record, DateTimeOffset? expires) =>
        SessionRecord.TakeOwnership(record.Payload, expires, record.Token);
}
