using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>
/// NFD: not found is a result and no error. From get, null and <see cref="SessionNotFoundException"/> say it, and if the store declares
/// <see cref="ISessionStore.MissingFileMeansAbsent"/>, <see cref="FileNotFoundException"/> and <see cref="DirectoryNotFoundException"/>
/// (Node's ENOENT); from no other operation an exception does.
/// </summary>
internal static class AbsenceCases
{
    private const string ErrorPage = "A visitor whose session has ended gets an error page with every request until the cookie goes.";

    private static readonly string[] Causes =
    [
        "an exception of the backend for 'no such entry' gets out: return null",
        "FileNotFoundException or DirectoryNotFoundException stands for absence, and MissingFileMeansAbsent does not say so",
        "KeyNotFoundException, IOException or a SessionStoreException stands for absence: consumers take those for trouble",
    ];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "NFD-01",
            "A destroyed session is absent by null, by SessionNotFoundException, or by a file exception if MissingFileMeansAbsent "
                + "declares it.",
            ErrorPage,
            Causes,
            async t =>
            {
                var sid = await DestroyedAsync(t);
                await ExpectAbsenceAsync(t, sid, "a destroyed session");
            }
        ),
        Required(
            "NFD-02",
            "An expired session is absent by null, by SessionNotFoundException, or by a file exception if MissingFileMeansAbsent "
                + "declares it.",
            ErrorPage,
            Causes,
            async t =>
            {
                var sid = await ExpiredAsync(t);
                await ExpectAbsenceAsync(t, sid, "an expired session");
            },
            CaseNeeds.Time
        ),
        Recommended(
            "NFD-03",
            "Never stored, destroyed and expired give the same result.",
            "An attacker who tries ids learns which ones once were sessions; an application that tells them apart breaks with another "
                + "store.",
            ["one way to absence returns null and another throws"],
            async t =>
            {
                var faces = new List<string>();
                foreach (var sid in new[] { t.NewSid(), await DestroyedAsync(t), await ExpiredAsync(t) })
                {
                    faces.Add((await t.Store.GetWithFaceAsync(sid)).Face);
                }

                t.Expect.That(
                    faces.Distinct(StringComparer.Ordinal).Count() == 1,
                    "the same result three times",
                    $"never stored: {faces[0]}, destroyed: {faces[1]}, expired: {faces[2]}"
                );
            },
            CaseNeeds.Time
        ),
        Required(
            "NFD-04",
            "Destroying what was destroyed or has expired succeeds; not found is no error of destroy.",
            "Signing out after a long lunch shows an error.",
            ["the backend's 'no such entry' gets out of destroy", "expired sessions are looked up before they are removed"],
            async t =>
            {
                var (destroyed, expired) = (await DestroyedAsync(t), await ExpiredAsync(t));
                await t.ExpectSucceedsAsync(() => t.Store.DestroyAsync(destroyed), "destroy of a destroyed session");
                await t.ExpectSucceedsAsync(() => t.Store.DestroyAsync(expired), "destroy of an expired session");
            },
            CaseNeeds.Time
        ),
        Recommended(
            "NFD-05",
            "Touching an absent session returns false, without an exception.",
            "A request that runs while the user signs out in another tab ends with an error page.",
            ["the backend's 'no such entry' gets out of touch", "touch reads the session first and does not expect it to be gone"],
            async t =>
            {
                var record = t.Record(CaseContext.Hour);
                foreach (
                    var (sid, what) in new[]
                    {
                        (t.NewSid(), "never stored"),
                        (await DestroyedAsync(t), "destroyed"),
                        (await ExpiredAsync(t), "expired"),
                    }
                )
                {
                    var result = true;
                    if (
                        await t.ExpectSucceedsAsync(
                            async () => result = await t.Store.TouchAsync(sid, record),
                            $"touch of a session that is absent ({what})"
                        )
                    )
                    {
                        t.Expect.That(!result, $"touch of a session that is absent ({what}): false", "true");
                    }
                }
            },
            CaseNeeds.Touch | CaseNeeds.Time
        ),
        Required(
            "NFD-06",
            "A session whose entry was removed without the store is absent.",
            "After a clean-up by an administrator every visitor gets an error page.",
            ["a list of known ids is kept in memory and the entry is taken for granted", "ENOENT between looking and reading gets out"],
            async t =>
            {
                var sid = t.NewSid();
                await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
                await t.RemoveEntryAsync(sid);
                await ExpectAbsenceAsync(t, sid, "a session whose entry was removed by others");
                await t.ExpectSucceedsAsync(() => t.Store.DestroyAsync(sid), "destroy of a session whose entry was removed by others");
            },
            CaseNeeds.Removal
        ),
        Required(
            "NFD-07",
            "Absence is not remembered: what is set afterwards is found.",
            "A visitor who was there before signing in stays signed out.",
            ["a negative cache", "a Bloom filter that is not told about sets"],
            async t =>
            {
                var sid = t.NewSid();
                await t.ExpectAbsentAsync(sid, "before set");
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                await t.ExpectSessionAsync(sid, record, "set after a get that found nothing");
            }
        ),
        Required(
            "NFD-09",
            "A failure of the backend is an error of get, never absence.",
            "During an outage every user is signed out, and gets a new session that overwrites the cookie of the old one.",
            ["catch (Exception) { return null; }", "a time-out is taken for a miss"],
            static t => ExpectErrorAsync(t, StoreFault.Unavailable, "get while the backend is unreachable"),
            CaseNeeds.Outage,
            alone: true
        ),
        Required(
            "NFD-10",
            "A login that is refused and a file that is missing on the way to the backend are errors of every operation, never absence.",
            "A password file or a certificate is not mounted, and every user is signed out without a line in the log.",
            [
                "the driver's FileNotFoundException for a certificate, a password file or a native library is taken for a missing session",
                "MissingFileMeansAbsent is declared, and not only missing sessions cause these exceptions",
                "a folder that is gone is taken for one without sessions",
            ],
            static t => ExpectErrorAsync(t, StoreFault.Denied, "get while access is denied", "while access is denied"),
            CaseNeeds.Denial,
            alone: true
        ),
    ];

    private static async Task ExpectErrorAsync(CaseContext t, StoreFault fault, string what, string? everyWhen = null)
    {
        var sid = t.NewSid();
        await FaultCases.PutAsync(t, sid, t.Record(CaseContext.Hour));
        await t.BreakAsync(fault);
        try
        {
            var (record, face) = await t.Store.GetWithFaceAsync(sid);
            t.Expect.That(record is not null, $"{what}: a SessionStoreException", $"absent ({face})");
        }
        catch (StoreThrewException)
        {
            // As it should be; of which type is ERR-03's to say.
        }

        try
        {
            if (everyWhen is not null)
            {
                await OutageCases.ExpectNoResultAsync(t, sid, everyWhen);
            }
        }
        finally
        {
            await t.MendAsync();
        }
    }

    private static async Task ExpectAbsenceAsync(CaseContext t, string sid, string what)
    {
        try
        {
            await t.ExpectAbsentAsync(sid, what);
        }
        catch (StoreThrewException threw)
        {
            t.Expect.Add(
                $"get of {what}: null or SessionNotFoundException; FileNotFoundException or DirectoryNotFoundException if "
                    + $"MissingFileMeansAbsent is true",
                $"{threw.InnerException!.GetType().Name}, which consumers take for trouble with the backend"
                    + (
                        threw.InnerException is FileNotFoundException or DirectoryNotFoundException
                            ? ": the store does not declare MissingFileMeansAbsent"
                            : ""
                    )
            );
        }
    }

    private static async Task<string> DestroyedAsync(CaseContext t)
    {
        var sid = t.NewSid();
        await t.Store.SetAsync(sid, t.Record(CaseContext.Hour));
        await t.Store.DestroyAsync(sid);
        return sid;
    }

    private static async Task<string> ExpiredAsync(CaseContext t)
    {
        var sid = t.NewSid();
        var record = t.Record(t.Life);
        await t.Store.SetAsync(sid, record);
        await t.PassAsync(record.Expires!.Value);
        return sid;
    }
}
