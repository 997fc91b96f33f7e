using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about spaces, about what the harness gives, and about the index that prune goes by.</summary>
internal static class SpaceMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("space and id are joined without a separator", "SPC-02", "in a space whose name goes on", s => Joined(s, "")),
            Mutant.Of("space and id are joined by what names may contain", "SPC-02", "in a space whose name goes on", s => Joined(s, "_")),
            Mutant.Of("clear goes by the beginning of the key", "SPC-02", "after the other was emptied", s => Joined(s, ":", clears: true)),
            Mutant.Of("length goes by the beginning of the key", "SPC-02", "length in the space with the shorter name: 1", s =>
                Joined(s, ":", counts: true)
            ),
            Mutant.Of("destroy goes by the id alone", "SPC-01", "after destroy of its id in another space", s => new Bent(s)
            {
                OnRemove = static (b, sid, next) =>
                {
                    next();
                    foreach (var space in b.Space.Server.Spaces)
                    {
                        space.Rows.TryRemove(sid, out _);
                    }
                },
            }),
            Mutant.Of("touch goes by the id alone", "SPC-01", "after touch and try-set of its id in another space", s => new Bent(s)
            {
                OnRetouch = static (b, sid, record, next) =>
                {
                    foreach (var space in b.Space.Server.Spaces.Where(one => one != b.Space))
                    {
                        if (record.Expires > b.Time && space.Rows.TryGetValue(sid, out var row))
                        {
                            space.Rows[sid] = row with { Expires = record.Expires.Value };
                        }
                    }

                    return next(record);
                },
            }),
            Mutant.Of("one cache for all stores, by id", "SPC-01", "one of two sessions of one id", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    next(record);
                    if (b.Space.Rows.TryGetValue(sid, out var row))
                    {
                        b.Space.Server.Statics[sid] = row;
                    }
                },
                OnFind = static (b, sid, next) =>
                    next() is { } row ? (b.Space.Server.Statics.GetValueOrDefault(sid) as Row ?? row) with { Expires = row.Expires } : null,
            }),
            Mutant.Of("one static table", "HAR-02", "or the store keeps all sessions in one place", s => new ReferenceStore(
                s with
                {
                    Space = s.Space.Server.Space("static"),
                }
            )),
            Mutant.Of("a table that each instance makes anew", "HAR-04", "each instance of the store makes its table or folder again", s =>
            {
                s.Space.Rows.Clear();
                return new ReferenceStore(s);
            }) with
            {
                IsRacy = true,
            },
            Mutant.Of("closes a client that it was given", "HAR-06", "has closed a client that it was given", s => new Bent(s)
            {
                OnDispose = static (b, next) =>
                {
                    b.Space.Server.IsClosed = true;
                    return next();
                },
                OnEnter = static (b, _, token, next) => b.Space.Server.IsClosed ? throw new ObjectDisposedException("Client") : next(token),
            }) with
            {
                IsRacy = true,
            },
            Mutant.Of("get returns the expired, and set drops what has passed", "EXP-01", "after its expiry: absent", s => new Bent(s)
            {
                OnLive = static (_, _, _) => true,
            }),
            Mutant.Of("get returns garbage", "GSD-02", "after set:", s => new Bent(s)
            {
                OnRecord = static (_, _, record) => SessionRecord.TakeOwnership("no session"u8.ToArray(), record.Expires, record.Token),
            }),
            .. Versions(),
            .. Index(),
        ];

    private static IEnumerable<Mutant> Versions()
    {
        yield return Version("destroyed", "was destroyed", static (b, row) => row is null ? 0 : null);
        yield return Version("expired", "has expired", static (b, row) => row is not null && row.Expires <= b.Time ? 0 : null);
        yield return Version("cleared", "was cleared", static (b, row) => row is null && b.Memory.ContainsKey("cleared") ? 0 : null);
    }

    /// <summary>A number of writes that begins again, so that two sessions of one id have the same.</summary>
    private static Mutant Version(string what, string phrase, Func<Bent, Row?, int?> begins) =>
        Mutant.Of(
            $"the version of what was {what} begins again at 1",
            "CND-14",
            $"a session that {phrase}, and was set again",
            s => new Bent(s)
            {
                OnPut = (b, sid, record, next) =>
                {
                    b.Space.Rows.TryGetValue(sid, out var old);
                    var version = 1 + (begins(b, old) ?? (b.Memory.GetValueOrDefault("v" + sid) as int? ?? 0));
                    b.Memory["v" + sid] = version;
                    next(record);
                    b.Write(sid, row => row with { Content = version });
                },
                OnClear = static (b, _, next) =>
                {
                    b.Memory["cleared"] = true;
                    return next();
                },
                OnCompare = static (_, row, expected, result) =>
                    row?.Content is int now && expected?.Token is int then
                        ? now == then
                            ? ConditionalSetResult.Stored
                            : ConditionalSetResult.Changed
                        : result,
            }
        );

    private static IEnumerable<Mutant> Index()
    {
        const string Lost = "a session whose life was lengthened, after prune";
        yield return Indexed("a touch does not move the index of prune", Lost, touches: false, tries: true, shortens: true);
        yield return Indexed("a try-set does not move the index of prune", Lost, touches: true, tries: false, shortens: true);
        yield return Indexed(
            "what was shortened keeps its place in the index of prune",
            "sessions that were shortened and have ended",
            touches: true,
            tries: true,
            shortens: false
        );
        yield return Mutant.Of("prune takes what ends within a minute", "PRN-10", "before the first expiry: 0", s =>
            Prunes(s, static (b, row) => row.Expires <= b.Time.AddMinutes(1))
        );
        yield return Mutant.Of("prune compares in whole seconds", "PRN-10", "before the first expiry: 0", s =>
            Prunes(s, static (b, row) => row.Expires.ToUnixTimeSeconds() <= b.Time.ToUnixTimeSeconds())
        );
        yield return Mutant.Of("prune has a clock that is ahead", "PRN-10", "before the first expiry: 0", s =>
            Prunes(s, static (b, row) => row.Expires <= b.Time.AddMinutes(5))
        );
        yield return Mutant.Of(
            "prune takes sessions without an expiry",
            "PRN-10",
            "a session without an expiry, after prune",
            s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    next(record);
                    if (record.Expires is null)
                    {
                        b.Memory[sid] = true;
                    }
                },
                OnPrune = static (b, batch, next) =>
                {
                    foreach (var sid in b.Memory.Keys)
                    {
                        b.Space.Rows.TryRemove(sid, out _);
                    }

                    return next(batch);
                },
            }
        );
        yield return Mutant.Racing(
            "a touch that prune has overtaken returns true",
            "PRN-03",
            "whose touch returned true while prune ran",
            s =>
            {
                var meeting = new Meeting();
                return new Bent(s)
                {
                    OnTouch = async (b, sid, record, _, next) =>
                    {
                        if (b.Look(sid) is null || b.EndOf(record) <= b.Time)
                        {
                            return await next();
                        }

                        await meeting.WaitAsync();
                        b.Write(sid, row => row with { Expires = b.EndOf(record) });
                        return true;
                    },
                    OnPruneCall = async (_, _, _, next) =>
                    {
                        var removed = await next();
                        meeting.Come();
                        return removed;
                    },
                };
            }
        );
    }

    private static Bent Prunes(Setup s, Func<Bent, Row, bool> isDue) =>
        new(s)
        {
            OnPrune = (b, batch, next) =>
                b
                    .Space.Rows.Where(entry => isDue(b, entry.Value))
                    .Take(batch)
                    .ToArray()
                    .Count(entry => b.Space.Rows.TryRemove(entry.Key, out _)),
        };

    /// <summary>Prune goes by an index of its own, which some writes do not move.</summary>
    private static Mutant Indexed(string name, string phrase, bool touches, bool tries, bool shortens) =>
        Mutant.Of(name, "PRN-09", phrase, s => new Bent(s)
        {
            OnPut = (b, sid, record, next) =>
            {
                var old = b.Memory.GetValueOrDefault(sid) as DateTimeOffset?;
                next(record);
                Move(b, sid);
                if (!shortens && old > b.EndOf(record))
                {
                    b.Memory[sid] = old.Value;
                }
            },
            OnTouch = async (b, sid, _, _, next) =>
            {
                var there = await next();
                if (touches)
                {
                    Move(b, sid);
                }

                return there;
            },
            OnReadAndTouch = async (b, sid, _, next) =>
            {
                var result = await next();
                Move(b, sid);
                return result;
            },
            OnTrySet = async (b, sid, _, _, next) =>
            {
                var old = b.Memory.GetValueOrDefault(sid);
                var result = await next();
                if (!tries && old is not null)
                {
                    b.Memory[sid] = old;
                }

                return result;
            },
            OnPrune = static (b, batch, next) =>
                b
                    .Space.Rows.Where(entry => b.Memory.GetValueOrDefault(entry.Key) is DateTimeOffset end && end <= b.Time)
                    .Take(batch)
                    .ToArray()
                    .Count(entry => b.Space.Rows.TryRemove(entry.Key, out _)),
        });

    private static void Move(Bent b, string sid)
    {
        if (b.Space.Rows.TryGetValue(sid, out var row))
        {
            b.Memory[sid] = row.Expires;
        }
    }

    /// <summary>One table for all spaces, with the space in the key.</summary>
    private static Bent Joined(Setup s, string separator, bool clears = false, bool counts = false)
    {
        var (own, shared) = (s.Request.Space, s.Space.Server.Space("all"));
        bool IsMine(string key) => key.StartsWith(own + separator, StringComparison.Ordinal);
        bool BeginsLikeMine(string key) => key.StartsWith(own, StringComparison.Ordinal);
        return new Bent(s with { Space = shared })
        {
            OnKey = sid => own + separator + sid,
            OnSid = key => key[Math.Min(own.Length + separator.Length, key.Length)..],
            OnListed = (_, rows) => rows.Where(row => IsMine(row.Key)),
            OnLength = (b, _, _) =>
                new(shared.Rows.Count(row => (counts ? BeginsLikeMine(row.Key) : IsMine(row.Key)) && row.Value.Expires > b.Time)),
            OnClear = (_, _, _) =>
            {
                foreach (var key in shared.Rows.Keys.Where(key => clears ? BeginsLikeMine(key) : IsMine(key)))
                {
                    shared.Rows.TryRemove(key, out _);
                }

                return ValueTask.CompletedTask;
            },
        };
    }
}
