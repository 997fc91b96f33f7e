using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>ERR: trouble with the backend, and damage in it.</summary>
internal static class FaultCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Recommended(
            "ERR-03",
            "While the backend is unreachable every operation fails with a SessionStoreException that says it is transient.",
            "The middleware cannot tell an outage from a fault in the application, and responds with 500 instead of 503.",
            ["the driver's own exception gets out", "IsTransient is false"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await PutAsync(t, sid, record);
                await t.BreakAsync(StoreFault.Unavailable);
                try
                {
                    await ExpectOutageAsync(t, "get", () => t.Store.GetAsync(sid));
                    await ExpectOutageAsync(t, "set", () => t.Store.SetAsync(sid, record));
                    await ExpectOutageAsync(t, "destroy", () => t.Store.DestroyAsync(sid));
                }
                finally
                {
                    await t.MendAsync();
                }
            },
            CaseNeeds.Outage,
            alone: true
        ),
        Required(
            "ERR-04",
            "A damaged entry is an error of get, or its bytes; other entries are readable; set and destroy repair it.",
            "One broken entry signs a user out without a word, or takes the whole site down.",
            ["catch (JsonException) { return null; }", "reading one entry reads them all"],
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

                await t.ExpectSessionAsync(neighbour, record, "a neighbour of a damaged entry");
                await t.ExpectSucceedsAsync(() => t.Store.SetAsync(damaged, record), "set over a damaged entry");
                await t.ExpectSessionAsync(damaged, record, "after set over a damaged entry");
                await t.ExpectSucceedsAsync(() => t.Store.DestroyAsync(listed), "destroy of a damaged entry");
                await t.ExpectAbsentAsync(listed, "a damaged entry, destroyed");
            },
            CaseNeeds.Damage
        ),
        Required(
            "ERR-05",
            "A set that the backend refuses fails, and leaves the old session.",
            "The user is told that the sign-in has worked, and it is gone with the next click.",
            ["fire and forget", "errors are logged and swallowed"],
            async t =>
            {
                var (sid, fresh) = (t.NewSid(), t.NewSid());
                var record = t.Record(CaseContext.Hour);
                await PutAsync(t, sid, record);
                await t.BreakAsync(t.Harness.Faults.Contains(StoreFault.ReadOnly) ? StoreFault.ReadOnly : StoreFault.Unavailable);
                try
                {
                    await t.Store.SetAsync(fresh, t.Record(CaseContext.Hour));
                    t.Expect.Add("set while the backend takes no writes: an exception", "it succeeds");
                }
                catch (StoreThrewException threw)
                {
                    t.Expect.That(
                        threw.InnerException is SessionStoreException,
                        "set while the backend takes no writes: a SessionStoreException",
                        threw.InnerException!.GetType().Name
                    );
                }
                finally
                {
                    await t.MendAsync();
                }

                SessionRecord? read = null;
                await Until(t, async () => (read = await t.Store.GetAsync(sid)) is not null);
                t.Expect.That(
                    read is not null && Payloads.Same(record.Payload, read.Payload, t.Settings.Fidelity),
                    "the session from before, once the backend is mended",
                    read is null ? "absent" : "another session"
                );
            },
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

    private static async Task ExpectOutageAsync(CaseContext t, string what, Func<Task> call)
    {
        const string Expected = "a SessionStoreException with IsTransient";
        try
        {
            await call();
            t.Expect.Add($"{what} while the backend is unreachable: {Expected}", "it succeeds");
        }
        catch (StoreThrewException threw)
        {
            t.Expect.That(
                threw.InnerException is SessionStoreException { IsTransient: true } and not SessionNotFoundException,
                $"{what} while the backend is unreachable: {Expected}",
                threw.InnerException is SessionStoreException
                    ? "a SessionStoreException that is not transient"
                    : threw.InnerException!.GetType().Name
            );
        }
    }
}
