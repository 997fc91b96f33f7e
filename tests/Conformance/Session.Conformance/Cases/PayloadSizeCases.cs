using System.Text;
using static ServerSessions.Conformance.Define;

namespace ServerSessions.Conformance;

/// <summary>PAY, continued: sizes around the blocks of buffers and ciphers, and white space around the text.</summary>
internal static class PayloadSizeCases
{
    private static readonly int[] Blocks = [16, 32, 64, 128, 192, 256, 384, 512, 1024, 2048, 4096, 8192, 16_384, 65_536];

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        Required(
            "PAY-13",
            "Payloads come back whole at sizes that are multiples of a block, and one byte more and less.",
            "One session in some thousands is damaged, and its user cannot do anything any more.",
            [
                "the last block is lost if it is full",
                "a buffer that is exactly full loses its last byte",
                "padding is cut by what it looks like",
                "what a longer session has left in the buffer stays behind a shorter one",
            ],
            async t =>
            {
                var sid = t.NewSid();
                var least = Sized(t, 0).Payload.Length;
                var sizes = Blocks
                    .SelectMany(static block => new[] { block - 1, block, block + 1 })
                    .Where(size => size >= least && size <= (t.Settings.MaxPayloadBytes ?? int.MaxValue));
                // Once growing and once shrinking, in one place.
                foreach (var size in sizes.Concat(sizes.Where(static size => size < 10_000).Reverse()).ToArray())
                {
                    var record = Sized(t, size - least);
                    await t.Store.SetAsync(sid, record);
                    await t.ExpectSessionAsync(sid, record, $"a payload of {size} bytes");
                }
            }
        ),
        Required(
            "PAY-14",
            "White space around and in the text of a payload comes back, in every form of a line's end.",
            "A session counts as changed with every request, and a comparison with what was read never holds.",
            ["text mode cuts white space at the end", "line ends are converted on the way", "the payload is trimmed"],
            async t =>
            {
                foreach (
                    var (before, after) in new[]
                    {
                        ("", "\n"),
                        ("", " "),
                        ("", "\r\n"),
                        ("", "\t \n"),
                        (" ", ""),
                        ("\n", ""),
                        ("\r\n ", " \r\n"),
                    }
                )
                {
                    var (sid, expires) = (t.NewSid(), t.Now + CaseContext.Hour);
                    var text = Encoding.UTF8.GetString(t.Session(expires, ("value", "1")).Payload.Span);
                    var record = new SessionRecord(Encoding.UTF8.GetBytes($"{before}{text[..^1]}\r\n}}{after}"), expires);
                    var what = $"a payload between {Text.Quote(before)} and {Text.Quote(after)}";
                    if (await t.ExpectSucceedsAsync(() => t.Store.SetAsync(sid, record), $"set of {what}"))
                    {
                        await t.ExpectSessionAsync(sid, record, what);
                    }
                }
            },
            CaseNeeds.ExactBytes
        ),
    ];

    private static SessionRecord Sized(CaseContext t, int filler) =>
        t.Session(t.Now + CaseContext.Hour, ("value", CaseContext.Json(PayloadCases.Filler(t, filler))));
}
