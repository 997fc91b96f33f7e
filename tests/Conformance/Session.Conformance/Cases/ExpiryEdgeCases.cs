using System.Globalization;
using ServerSessions.Payload;
using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>EXP and CLK, continued: extreme instants, offsets, cookies and clocks.</summary>
internal static class ExpiryEdgeCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "EXP-10",
            "An expiry 100 years ahead, and the last instant there is, are accepted, and the session lives.",
            "A session that is meant to last for ever is gone at once, or cannot be saved.",
            ["32-bit seconds", "adding to DateTimeOffset.MaxValue", "a time-to-live that the backend's type cannot hold"],
            async t =>
            {
                foreach (
                    var (expires, what) in new[]
                    {
                        (t.Now.AddYears(100), "100 years ahead"),
                        (DateTimeOffset.MaxValue, "at the last instant"),
                    }
                )
                {
                    var sid = t.NewSid();
                    var record = t.Session(expires, ("value", "1"));
                    if (
                        await t.ExpectSucceedsAsync(() => t.Store.SetAsync(sid, record), $"set with an expiry {what}")
                        && await t.Store.GetAsync(sid) is var read
                    )
                    {
                        t.Expect.That(read is not null, $"a session that ends {what}: there", "absent");
                        t.Expect.That(
                            read is null || read.Expires > t.Now.AddYears(90),
                            $"a session that ends {what}: a far expiry",
                            $"Expires {Text.Instant(read?.Expires)}"
                        );
                    }
                }
            }
        ),
        Required(
            "EXP-11",
            "An expiry is an instant, whichever offset it is written in.",
            "Users in one time zone are signed out hours early, or stay signed in hours too long.",
            ["DateTimeOffset.DateTime instead of UtcDateTime", "local time in the backend"],
            async t =>
            {
                foreach (var hours in new[] { 14, -12, 0 })
                {
                    var sid = t.NewSid();
                    var expires = (t.Now + CaseContext.Hour).ToOffset(TimeSpan.FromHours(hours));
                    var record = t.Session(expires, ("value", "1"));
                    await t.Store.SetAsync(sid, record);
                    if (await t.ExpectSessionAsync(sid, record, $"a session whose expiry is written in offset {hours:+0;-0;0}") is { } read)
                    {
                        t.ExpectExpires(expires, read, $"an expiry written in offset {hours:+0;-0;0}");
                    }
                }

                var past = t.NewSid();
                await t.Store.SetAsync(past, t.Session((t.Now - CaseContext.Hour).ToOffset(TimeSpan.FromHours(14)), ("value", "1")));
                await t.ExpectAbsentAsync(past, "an expiry one hour ago that is written in offset +14");
            }
        ),
        Recommended(
            "EXP-12",
            "A life shorter than the store's unit is rounded up: never to nothing, never to for ever.",
            "A short session (a one-time code, a password reset) is gone at once, or stays for ever.",
            ["the lifetime in seconds is cut to 0", "0 means 'no expiry' to the backend"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(t.Time.Mode == StoreTime.Real ? t.Life * 0.9 : TimeSpan.FromMilliseconds(700));
                await t.Store.SetAsync(sid, record);
                await t.ExpectLiveAsync(sid, record.Expires!.Value, "a session that lives for less than a second, at once");
                await t.PassAsync(record.Expires!.Value);
                await t.ExpectAbsentAsync(sid, "a session that lives for less than a second, after that");
            },
            CaseNeeds.Time
        ),
        Recommended(
            "EXP-13",
            "The cookie's own lifetime survives: originalMaxAge is what a later touch starts from.",
            "A rolling session stops rolling: the user is signed out in spite of being active.",
            ["the cookie is rebuilt from the expiry", "only the values of a session are stored"],
            async t =>
            {
                var sid = t.NewSid();
                var document = new SessionDocument(new SessionCookie(t.Time.Clock) { MaxAge = TimeSpan.FromMinutes(45) }.ToJson());
                var record = SessionRecord.TakeOwnership(document.ToPayload(), t.Now + TimeSpan.FromMinutes(45));
                await t.Store.SetAsync(sid, record);
                if (await t.Store.GetAsync(sid) is { } read)
                {
                    var age = SessionCookie.Parse(SessionDocument.Parse(read.Payload).CookieJson.Span, t.Time.Clock).OriginalMaxAge;
                    t.Expect.That(
                        age == TimeSpan.FromMinutes(45),
                        "originalMaxAge 45 minutes",
                        age is { } span ? $"{span.TotalMinutes:0.###} minutes" : "none"
                    );
                }
                else
                {
                    t.Expect.Add("a session with originalMaxAge: there", "absent");
                }
            }
        ),
        Required(
            "EXP-15",
            "The record's expiry decides, not cookie.expires inside the payload, which is old after a touch.",
            "A user who has been active is signed out at the end of the first half hour.",
            ["get compares cookie.expires of the payload with now"],
            async t =>
            {
                var sid = t.NewSid();
                var stale = t.Session(t.Now - TimeSpan.FromMinutes(1), ("value", "1"));
                var record = SessionRecord.TakeOwnership(stale.Payload, t.Now + CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                if (await t.ExpectSessionAsync(sid, record, "a live session whose payload holds an older cookie.expires") is { } read)
                {
                    t.ExpectExpires(record.Expires!.Value, read, "a live session whose payload holds an older cookie.expires");
                }
            },
            CaseNeeds.SeparateExpiry
        ),
        Required(
            "EXP-16",
            "Expiry and payload do not depend on the culture of the caller.",
            "The site works for the developer and signs users out in Turkey, or in Saudi Arabia.",
            ["numbers or dates are formatted or parsed with the current culture"],
            async t =>
            {
                var before = CultureInfo.CurrentCulture;
                try
                {
                    CultureInfo.CurrentCulture = Strange();
                    var sid = t.NewSid();
                    var record = t.Session(t.Now + CaseContext.Hour, ("number", "-1234.5"), ("value", "\"i I\""));
                    await t.Store.SetAsync(sid, record);
                    if (await t.ExpectSessionAsync(sid, record, "under a culture with other separators and signs") is { } read)
                    {
                        t.ExpectExpires(record.Expires!.Value, read, "under a culture with other separators and signs");
                    }
                }
                finally
                {
                    CultureInfo.CurrentCulture = before;
                }
            }
        ),
    ];

    /// <summary>A culture with unusual formats: a value that is formatted with it is not parsed back as it was.</summary>
    private static CultureInfo Strange()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.DateTimeFormat.DateSeparator = ".";
        culture.DateTimeFormat.TimeSeparator = "h";
        culture.DateTimeFormat.ShortDatePattern = "dd.MM.yyyy";
        return culture;
    }
}
