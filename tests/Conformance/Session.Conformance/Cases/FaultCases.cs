using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>ERR: trouble with the backend, and damage in it.</summary>
internal static class FaultCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "ERR-04",
            "A damaged entry is an error of every read, or its bytes; other entries are readable; set and destroy repair it.",
            "One broken entry signs a user out without a word, or takes the whole site down.",
            [
                "catch (JsonException) { return null; }",
                "reading one entry reads them all",
                "get-and-touch or touch takes a damaged entry for absent",
                "one damaged entry ends the listing",
            ],
            async t =>
            {
                var (damaged, neighbour, listed) = (t.NewSid(), t.NewSid(), t.NewSid());
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(neighbour, record);
                await t.Store.SetAsync(damaged, record);
                await t.Store.SetAsync(listed, record);
                await t.PlantDamageAsync(damaged);
                await t.PlantDamageAsync(listed);
                try
                {
                    t.Expect.That(
                        await t.Store.GetAsync(damaged) is not null,
                        "get of a damaged entry: a SessionStoreException, or its bytes",
                        "absent"
                    );
                }
                catch (StoreThrewException threw)
                {
                    t.Expect.That(
                        threw.InnerException is SessionStoreException,
                        "get of a damaged entry: a SessionStoreException, or its bytes",
                        threw.InnerException!.GetType().Name
                    );
                }

                await ExpectNotAbsentAsync(t, record);
                await t.ExpectSessionAsync(neighbour, record, "a neighbour of a damaged entry");
                if (t.Store.Raw is IEnumerableSessionStore)
                {
                    await t.ExpectSucceedsAsync(
                        async () =>
                            t.Expect.That(
                                (await t.Store.ListAsync()).Any(entry => entry.Sid == neighbour),
                                "all with a damaged entry: the others are listed",
                                "a neighbour is missing"
                            ),
                        "all with a damaged entry"
                    );
                }

                await t.ExpectSucceedsAsync(() => t.Store.SetAsync(damaged, record), "set over a damaged entry");
                await t.ExpectSessionAsync(damaged, record, "after set over a damaged entry");
                await t.ExpectSucceedsAsync(() => t.Store.DestroyAsync(listed), "destroy of a damaged entry");
                await t.ExpectAbsentAsync(listed, "a damaged entry, destroyed");
            },
            CaseNeeds.Damage
        ),
        Required(
            "ERR-05",
            "A write that the backend refuses fails, and leaves the old session; one that reports success has taken effect.",
            "The user is told that the sign-in has worked, and it is gone with the next click.",
            [
                "fire and forget",
                "errors are logged and swallowed",
                "the old session is removed before the new one is refused",
                "a cache takes the new session before the backend has",
            ],
            RefusedAsync,
            CaseNeeds.RefusedWrites,
            alone: true
        ),
        Recommended(
            "ERR-06",
            "When the backend is back the store works again, by itself.",
            "After a short outage of the database an operator has to restart the site.",
            ["a broken connection is kept", "the failure of opening is remembered"],
            async t =>
            {
                var (sid, later) = (t.NewSid(), t.NewSid());
                var record = t.Record(CaseContext.Hour);
                await PutAsync(t, sid, record);
                await t.BreakAsync(StoreFault.Unavailable);
                try
                {
                    await t.Store.GetAsync(sid);
                }
                catch (StoreThrewException)
                {
                    // Other cases judge that.
                }

                await t.MendAsync();
                await Until(t, async () =>
                {
                    await t.Store.SetAsync(later, record);
                    return await t.Store.GetAsync(later) is not null;
                });
                await t.ExpectSessionAsync(later, record, "set after the outage");
            },
            CaseNeeds.Outage,
            alone: true
        ),
    ];

    /// <summary>Touch and get-and-touch of a damaged entry fail or find it: to the middleware absence is a sign-out.</summary>
    private static async Task ExpectNotAbsentAsync(CaseContext t, SessionRecord record)
    {
        foreach (var what in new[] { "touch", "get and touch" })
        {
            // Each is the first to meet the damage: a store may set it aside.
            var damaged = t.NewSid();
            if (StoreCalls.Of(t, damaged).FirstOrDefault(call => call.What == what) is not { } call)
            {
                continue;
            }

            await t.Store.SetAsync(damaged, record);
            await t.PlantDamageAsync(damaged);
            try
            {
                var result = await call.Make(CancellationToken.None);
                t.Expect.That(
                    result is not ("absent" or "False"),
                    $"{call.What} of a damaged entry: a SessionStoreException, or its bytes",
                    result
                );
            }
            catch (StoreThrewException threw)
            {
                t.Expect.That(
                    threw.InnerException is SessionStoreException and not SessionNotFoundException,
                    $"{call.What} of a damaged entry: a SessionStoreException, or its bytes",
                    threw.InnerException!.GetType().Name
                );
            }
        }
    }

    private static async Task RefusedAsync(CaseContext t)
    {
        var (sid, other, fresh) = (t.NewSid(), t.NewSid(), t.NewSid());
        var (old, next) = (t.Record(CaseContext.Hour, "old"), t.Record(CaseContext.Hour * 3, "new"));
        await PutAsync(t, sid, old);
        await PutAsync(t, other, old);
        var refuses = t.Harness.Faults.Contains(StoreFault.ReadOnly);
        var (isTouched, isDestroyed, isSet) = (false, false, false);
        await t.BreakAsync(refuses ? StoreFault.ReadOnly : StoreFault.Unavailable);
        try
        {
            await ExpectRefusedAsync(t, "set of a new session", () => t.Store.SetAsync(fresh, next));
            await ExpectRefusedAsync(t, "set of a session that is there", () => t.Store.SetAsync(sid, next));
            if (refuses && t.Store.Raw is IConditionalSessionStore)
            {
                isSet = await TryAsync(t, "try-set", async () => await t.Store.TrySetAsync(sid, next, old) == ConditionalSetResult.Stored);
            }

            if (refuses && t.Store.Raw is ITouchableSessionStore)
            {
                isTouched = await TryAsync(t, "touch", () => t.Store.TouchAsync(other, next));
            }

            if (refuses)
            {
                isDestroyed = await TryAsync(t, "destroy", async () =>
                {
                    await t.Store.DestroyAsync(sid);
                    return true;
                });
            }
        }
        finally
        {
            await t.MendAsync();
        }

        SessionRecord? read = null;
        await Until(t, async () => (read = await t.Store.GetAsync(other)) is not null);
        t.Expect.That(read is not null, "a session from before, once the backend is mended", "absent");
        if (read is not null)
        {
            t.ExpectExpires(
                (isTouched ? next : old).Expires!.Value,
                read,
                isTouched ? "after the touch that returned true" : "after a refused touch"
            );
        }

        await ExpectLeftAsync(t, sid, old, next, isSet, isDestroyed, mayBeNew: !refuses);
        await t.ExpectAbsentAsync(fresh, "a new session whose set was refused");
    }

    /// <summary>What is there is what the calls have said: the old session, unless one of them has reported success.</summary>
    private static async Task ExpectLeftAsync(
        CaseContext t,
        string sid,
        SessionRecord old,
        SessionRecord next,
        bool isSet,
        bool isDestroyed,
        bool mayBeNew
    )
    {
        if (isDestroyed)
        {
            await t.ExpectAbsentAsync(sid, "after the destroy that succeeded while the backend took no writes");
            return;
        }

        var read = await t.Store.GetAsync(sid);
        var stored = isSet ? next : old;
        t.Expect.That(
            read is not null
                && (
                    Payloads.Same(stored.Payload, read.Payload, t.Settings.Fidelity)
                    // What went out before the backend was found to be unreachable may have arrived.
                    || (mayBeNew && Payloads.Same(next.Payload, read.Payload, t.Settings.Fidelity))
                ),
            isSet ? "the session of the try-set that was Stored" : "the session from before, once the backend is mended",
            read is null ? "absent" : "another session"
        );
    }

    private static async Task ExpectRefusedAsync(CaseContext t, string what, Func<Task> call)
    {
        try
        {
            await call();
            t.Expect.Add($"{what} while the backend takes no writes: an exception", "it succeeds");
        }
        catch (StoreThrewException threw)
        {
            t.Expect.That(
                threw.InnerException is SessionStoreException,
                $"{what} while the backend takes no writes: a SessionStoreException",
                threw.InnerException!.GetType().Name
            );
        }
    }

    /// <summary>Whether the call has reported success; not every backend that takes no new session refuses this one too.</summary>
    private static async Task<bool> TryAsync(CaseContext t, string what, Func<Task<bool>> call)
    {
        try
        {
            return await call();
        }
        catch (StoreThrewException threw)
        {
            t.Expect.That(
                threw.InnerException is SessionStoreException,
                $"{what} while the backend takes no writes: a SessionStoreException, or it takes effect",
                threw.InnerException!.GetType().Name
            );
            return false;
        }
    }

    /// <summary>
    /// Stores what a case starts from. A harness whose store has little patience, because faults are to come, may need a second try on a
    /// busy machine.
    /// </summary>
    public static Task PutAsync(CaseContext t, string sid, SessionRecord record) => Until(t, async () =>
        {
            await t.Store.SetAsync(sid, record);
            return true;
        });

    /// <summary>Tries for as long as a driver may need to reconnect.</summary>
    public static async Task Until(CaseContext t, Func<Task<bool>> condition)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        for (var attempt = 0; patience.Elapsed < t.Settings.Patience; attempt++)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (StoreThrewException)
            {
                // Not yet.
            }

            await Task.Delay(attempt < 10 ? 20 : 250);
        }
    }
}
