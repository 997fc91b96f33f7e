using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>GSD, continued: what is refused before anything is read or written.</summary>
internal static class ArgumentCases
{
    private static readonly (string? Sid, string What)[] Invalid =
    [
        (null, "null"),
        ("", "the empty text"),
        (new string('a', Sid.MaxLength + 1), $"{Sid.MaxLength + 1} characters"),
        ("a\0b", "a text with NUL"),
        ("a\ud800b", "a text with a lone surrogate"),
        ("\udc00", "a lone low surrogate"),
    ];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "GSD-13",
            "Every operation refuses a text that cannot be a sid with an ArgumentException.",
            "Two different ids become one in the backend, and a visitor sees another's session.",
            ["Sid.ThrowIfInvalid is not called first"],
            async t =>
            {
                var record = t.Record(CaseContext.Hour);
                foreach (var (sid, what) in Invalid)
                {
                    await t.ExpectThrowsAsync<ArgumentException>(() => t.Store.GetAsync(sid!), $"get of {what}");
                    await t.ExpectThrowsAsync<ArgumentException>(() => t.Store.SetAsync(sid!, record), $"set of {what}");
                    await t.ExpectThrowsAsync<ArgumentException>(() => t.Store.DestroyAsync(sid!), $"destroy of {what}");
                    if (t.Store.Raw is ITouchableSessionStore)
                    {
                        await t.ExpectThrowsAsync<ArgumentException>(() => t.Store.TouchAsync(sid!, record), $"touch of {what}");
                    }

                    if (t.Store.Raw is IGetAndTouchSessionStore)
                    {
                        await t.ExpectThrowsAsync<ArgumentException>(
                            () => t.Store.GetAndTouchAsync(sid!, default, record.Expires),
                            $"get and touch of {what}"
                        );
                    }

                    if (t.Store.Raw is IConditionalSessionStore)
                    {
                        await t.ExpectThrowsAsync<ArgumentException>(() => t.Store.TrySetAsync(sid!, record, null), $"try-set of {what}");
                    }
                }
            }
        ),
        Required(
            "GSD-14",
            "A null record is refused with an ArgumentException and changes nothing.",
            "A fault in the application ends sessions instead of showing itself.",
            ["ArgumentNullException.ThrowIfNull(record) is missing", "null is taken for 'remove'"],
            async t =>
            {
                var sid = t.NewSid();
                var record = t.Record(CaseContext.Hour);
                await t.Store.SetAsync(sid, record);
                await t.ExpectThrowsAsync<ArgumentException>(() => t.Store.SetAsync(sid, null!), "set of a null record");
                await t.ExpectSessionAsync(sid, record, "after set of a null record");
                if (t.Store.Raw is ITouchableSessionStore)
                {
                    await t.ExpectThrowsAsync<ArgumentException>(() => t.Store.TouchAsync(sid, null!), "touch with a null record");
                    await t.ExpectSessionAsync(sid, record, "after touch with a null record");
                }

                if (t.Store.Raw is IConditionalSessionStore)
                {
                    await t.ExpectThrowsAsync<ArgumentException>(() => t.Store.TrySetAsync(sid, null!, null), "try-set of a null record");
                    await t.ExpectSessionAsync(sid, record, "after try-set of a null record");
                }
            }
        ),
    ];
}
