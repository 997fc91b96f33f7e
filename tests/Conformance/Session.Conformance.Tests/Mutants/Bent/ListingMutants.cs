using System.Runtime.CompilerServices;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong in what is listed and counted: while others write, of large sessions, for a peer, after reopening.</summary>
internal static class ListingMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Mutant.Of("pages by offset of 200", "ENU-08", "each session that stays: once", s => Offset(s, 200)),
            Mutant.Of("pages by offset of 500", "ENU-08", "each session that stays: once", s => Offset(s, 500)),
            Mutant.Of("pages in the order of the expiry", "ENU-08", "each session that stays: once", s => new Bent(s)
            {
                OnAll = static (b, token, _) => ByExpiryAsync(b, token),
            }),
            Mutant.Of("a listing begins again when something has changed", "ENU-08", "each session that stays: once", s => new Bent(s)
            {
                OnPut = static (b, _, record, next) =>
                {
                    b.Memory["version"] = b.Space.Rows.Count;
                    next(record);
                },
                OnAll = static (b, token, next) => AgainAsync(b, next, token),
            }),
            Mutant.Of("a listing repeats itself for ever", "ENU-02", "it repeats itself", s => new Bent(s)
            {
                OnAll = static (_, token, next) => ForEverAsync(next, token),
            }),
            Mutant.Of("an entry that went away is an error", "ENU-08", "AllAsync throws SessionStoreException", s => new Bent(s)
            {
                OnListed = static (b, rows) => Strict(b, [.. rows]),
            }),
            Mutant.Of("a listing leaves out large sessions", "ENU-02", "2 of 7 missing", s => new Bent(s)
            {
                OnListed = static (_, rows) => rows.Where(static row => row.Value.Payload.Length < 4096),
            }),
            Mutant.Of("a listing leaves out sessions above 32 KB", "ENU-02", "1 of 7 missing", s => new Bent(s)
            {
                OnListed = static (_, rows) => rows.Where(static row => row.Value.Payload.Length < 32_768),
            }),
            Mutant.Of("a listing cuts large sessions", "ENU-02", "a listed session: as stored", s => new Bent(s)
            {
                OnListed = static (_, rows) =>
                    rows.Select(static row => KeyValuePair.Create(row.Key, row.Value with { Payload = [.. row.Value.Payload.Take(4096)] })),
            }),
            Mutant.Of("a listing has no expiries", "ENU-02", "a listed session: Expires", s =>
                Listed(s, static entry => new SessionEntry(
                    entry.Sid,
                    SessionRecord.TakeOwnership(entry.Record.Payload, null, entry.Record.Token)
                ))
            ),
            Mutant.Of("a listing shows the first payload", "ENU-02", "a listed session: as stored", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    next(record);
                    if (b.Space.Rows.TryGetValue(sid, out var row))
                    {
                        b.Memory.TryAdd(sid, row);
                    }
                },
                OnListed = static (b, rows) =>
                    rows.Select(row =>
                        KeyValuePair.Create(
                            row.Key,
                            row.Value with
                            {
                                Payload = (b.Memory.GetValueOrDefault(row.Key) as Row ?? row.Value).Payload,
                            }
                        )
                    ),
            }),
            Mutant.Of("the next page begins behind ids that begin alike", "ENU-07", "of 1000 missing", s => new Bent(s)
            {
                OnListed = static (_, rows) => Behind(rows),
            }),
            Mutant.Of("the last of a page is the first of the next", "ENU-07", "a session twice", s => new Bent(s)
            {
                OnListed = static (_, rows) =>
                    rows.OrderBy(static row => row.Key, StringComparer.Ordinal)
                        .Chunk(100)
                        .SelectMany((page, i) => i == 0 ? page : [page[0], .. page]),
            }),
            .. OwnIndex("PER-06", "after reopening", "what was stored before reopening"),
            .. OwnIndex("PEER-08", "of a peer", "what the other instance has set"),
            Mutant.Of("clear removes what this instance has set", "PEER-08", "after clear: absent", s => Knows(s, clears: true)),
            Mutant.Of("clear after reopening removes nothing from before", "PER-06", "a session from before reopening, after clear", s =>
                Knows(s, clears: true)
            ),
            Mutant.Of("a peer's cache is not told of a clear", "PEER-08", "after the other instance has cleared: absent", s => new Bent(s)
            {
                OnGet = static async (b, sid, _, next) =>
                {
                    if (await next() is { } read)
                    {
                        b.Memory[sid] = read;
                        return read;
                    }

                    // The other's destroys are told.
                    return
                        b.Space.Rows.IsEmpty
                        && b.Memory.GetValueOrDefault(sid) is SessionRecord cached
                        && cached.Expires > b.Time
                        && !b.Memory.ContainsKey("cleared")
                        ? cached
                        : null;
                },
                OnDestroy = static (b, sid, token, next) =>
                {
                    b.Memory.TryRemove(sid, out _);
                    return next();
                },
                OnClear = static (b, _, next) =>
                {
                    b.Memory["cleared"] = true;
                    return next();
                },
            }),
        ];

    private static IEnumerable<Mutant> OwnIndex(string killedBy, string when, string what)
    {
        yield return Mutant.Of($"a listing goes by an index in memory, {when}", killedBy, $"all of {what}", s => Knows(s, lists: true));
        yield return Mutant.Of($"length counts what this instance has set, {when}", killedBy, $"length of {what}", s =>
            Knows(s, counts: true)
        );
    }

    /// <summary>Knows what it has set itself.</summary>
    private static Bent Knows(Setup s, bool lists = false, bool counts = false, bool clears = false) =>
        new(s)
        {
            OnPut = static (b, sid, record, next) =>
            {
                next(record);
                b.Memory[sid] = true;
            },
            OnListed = lists ? static (b, rows) => rows.Where(row => b.Memory.ContainsKey(row.Key)) : null,
            OnLength = counts
                ? static (b, token, next) =>
                    b.Space.Fault is null && !token.IsCancellationRequested
                        ? new(b.Space.Rows.Count(row => row.Value.Expires > b.Time && b.Memory.ContainsKey(row.Key)))
                        : next()
                : null,
            OnClear = clears
                ? static (b, token, next) =>
                {
                    if (b.Space.Fault is not null || token.IsCancellationRequested)
                    {
                        return next();
                    }

                    foreach (var sid in b.Memory.Keys)
                    {
                        b.Space.Rows.TryRemove(sid, out _);
                    }

                    return ValueTask.CompletedTask;
                }
            : null,
        };

    private static Bent Listed(Setup s, Func<SessionEntry, SessionEntry> change) =>
        new(s) { OnAll = (_, token, next) => SelectAsync(next(), change, token) };

    private static Bent Offset(Setup s, int size) => new(s) { OnAll = (b, token, _) => ByOffsetAsync(b, size, token) };

    private static async IAsyncEnumerable<SessionEntry> SelectAsync(
        IAsyncEnumerable<SessionEntry> all,
        Func<SessionEntry, SessionEntry> change,
        [EnumeratorCancellation] CancellationToken token
    )
    {
        await foreach (var entry in all.WithCancellation(token))
        {
            yield return change(entry);
        }
    }

    private static async IAsyncEnumerable<SessionEntry> ByOffsetAsync(Bent b, int size, [EnumeratorCancellation] CancellationToken token)
    {
        await ThrowIfAway(b, token);
        for (var offset = 0; ; offset += size)
        {
            var page = Live(b).OrderBy(static row => row.Key, StringComparer.Ordinal).Skip(offset).Take(size).ToArray();
            foreach (var (sid, row) in page)
            {
                token.ThrowIfCancellationRequested();
                yield return new SessionEntry(sid, new SessionRecord(row.Payload, row.Expires));
            }

            if (page.Length < size)
            {
                yield break;
            }
        }
    }

    private static async IAsyncEnumerable<SessionEntry> ByExpiryAsync(Bent b, [EnumeratorCancellation] CancellationToken token)
    {
        await ThrowIfAway(b, token);
        var after = (Expires: DateTimeOffset.MinValue, Sid: "");
        while (true)
        {
            var page = Live(b)
                .Where(row => (row.Value.Expires, row.Key).CompareTo(after) > 0)
                .OrderBy(static row => row.Value.Expires)
                .ThenBy(static row => row.Key)
                .Take(100)
                .ToArray();
            foreach (var (sid, row) in page)
            {
                token.ThrowIfCancellationRequested();
                yield return new SessionEntry(sid, new SessionRecord(row.Payload, row.Expires));
                after = (row.Expires, sid);
            }

            if (page.Length == 0)
            {
                yield break;
            }
        }
    }

    private static async IAsyncEnumerable<SessionEntry> AgainAsync(
        Bent b,
        Func<IAsyncEnumerable<SessionEntry>> next,
        [EnumeratorCancellation] CancellationToken token
    )
    {
        var before = b.Memory.GetValueOrDefault("version");
        var count = 0;
        await foreach (var entry in next().WithCancellation(token))
        {
            yield return entry;
            if (++count == 50 && !Equals(before, b.Memory.GetValueOrDefault("version")))
            {
                await foreach (var again in next().WithCancellation(token))
                {
                    yield return again;
                }

                yield break;
            }
        }
    }

    private static async IAsyncEnumerable<SessionEntry> ForEverAsync(
        Func<IAsyncEnumerable<SessionEntry>> next,
        [EnumeratorCancellation] CancellationToken token
    )
    {
        var any = true;
        while (any)
        {
            any = false;
            await foreach (var entry in next().WithCancellation(token))
            {
                any = true;
                yield return entry;
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, Row>> Strict(Bent b, KeyValuePair<string, Row>[] rows)
    {
        foreach (var row in rows)
        {
            if (!b.Space.Rows.ContainsKey(row.Key))
            {
                throw new SessionStoreException("The file is gone.", SessionStoreOperation.All, "Mutant", isTransient: false);
            }

            yield return row;
        }
    }

    private static IEnumerable<KeyValuePair<string, Row>> Behind(IEnumerable<KeyValuePair<string, Row>> rows)
    {
        var sorted = rows.OrderBy(static row => row.Key, StringComparer.Ordinal).ToArray();
        for (var i = 0; i < sorted.Length;)
        {
            var page = sorted.AsSpan(i).ToArray().Take(100).ToArray();
            foreach (var row in page)
            {
                yield return row;
            }

            i += page.Length;
            while (i < sorted.Length && sorted[i].Key.StartsWith(page[^1].Key[..^1], StringComparison.Ordinal) && page.Length == 100)
            {
                i++;
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, Row>> Live(Bent b) =>
        b.Space.Rows.Where(row => row.Value.Expires > b.Time && !row.Value.Damaged);

    // What the reference does first, by a call that does it.
    private static async Task ThrowIfAway(Bent b, CancellationToken token) => await b.LengthAsync(token);
}
