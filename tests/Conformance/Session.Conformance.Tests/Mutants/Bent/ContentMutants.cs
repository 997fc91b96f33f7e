using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about bytes, ids and prefixes, and about what is given away.</summary>
internal static partial class ContentMutants
{
    private static readonly ActivitySource Activities = new("Mutant");
    private static readonly Meter Meter = new("Mutant");
    private static readonly Counter<long> Calls = Meter.CreateCounter<long>("calls");

    public static IEnumerable<Mutant> All =>
        [
            Stores("the last byte of a full block is lost", "PAY-13", "a payload of 4096 bytes", static bytes =>
                bytes.Length % 4096 == 0 ? bytes[..^1] : bytes
            ),
            Stores("a full last block is taken for padding", "PAY-13", "a payload of 256 bytes", static bytes =>
                bytes.Length % 16 == 0 ? bytes[..^16] : bytes
            ),
            Stores("a buffer of 8 KiB holds one byte less", "PAY-13", "a payload of 8192 bytes", static bytes =>
                bytes.Length == 8192 ? bytes[..^1] : bytes
            ),
            Mutant.Of("a shorter session leaves the end of a longer one", "PAY-13", "a payload of", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    var old = b.Look(sid);
                    next(record);
                    if (old is not null && old.Payload.Length == record.Payload.Length + 1)
                    {
                        b.Write(sid, row => row with { Payload = [.. row.Payload, old.Payload[^1]] });
                    }
                },
            }),
            Texts("white space is cut at the end", "PAY-14", "a payload between", static text => text.TrimEnd()),
            Texts("white space is cut", "PAY-14", "a payload between", static text => text.Trim()),
            Texts("line ends are converted", "PAY-14", "a payload between", static text =>
                text.Replace("\r\n", "\n", StringComparison.Ordinal)
            ),
            Texts("whole numbers pass through double", "PAY-09", "the number 9007199254740993", static text =>
                Whole()
                    .Replace(text, static match =>
                        double.Parse(match.Value, CultureInfo.InvariantCulture).ToString("F0", CultureInfo.InvariantCulture)
                    )
            ),
            Texts("whole numbers have 32 bits", "PAY-09", "the number 9007199254740991", static text =>
                Whole()
                    .Replace(text, static match =>
                        unchecked((int)(uint)(BigInteger.Parse(match.Value, CultureInfo.InvariantCulture) & uint.MaxValue)).ToString(
                            CultureInfo.InvariantCulture
                        )
                    )
            ),
            Texts("fractions have four digits", "PAY-09", "the number 123456789.12345", static text =>
                Fraction()
                    .Replace(text, static match =>
                        decimal.Parse(match.Value, CultureInfo.InvariantCulture).ToString("F4", CultureInfo.InvariantCulture)
                    )
            ),
            Ids("ids are URL-decoded", "IDS-09", "the id 'a", WebUtility.UrlDecode),
            Ids("ids are unescaped", "IDS-09", "the id 'a", Uri.UnescapeDataString),
            Ids("ids are decoded as HTML", "IDS-09", "the id 'a", WebUtility.HtmlDecode),
            Ids("a plus is a space", "IDS-09", "the id 'a", static sid => sid.Replace('+', ' ')),
            Ids("escapes of JSON are undone", "IDS-09", "the id 'a", static sid => sid.Replace("\\u0041", "A", StringComparison.Ordinal)),
            Ids("an emoji is a question mark", "IDS-10", "the id '", static sid =>
                string.Concat(sid.EnumerateRunes().Select(static rune => rune.Value > 0xffff ? "?" : rune.ToString()))
            ),
            Ids("characters that are not seen are ignored", "IDS-10", "the id 'a", static sid =>
                string.Concat(sid.Where(static c => c is not ('\u00ad' or '\u200b' or '\u200d' or '\ufeff' or '\u2060')))
            ),
            Ids("control characters are removed", "IDS-10", "the id 'a", static sid =>
                string.Concat(sid.Where(static c => !char.IsControl(c)))
            ),
            Ids("the middle of a long id is left out", "IDS-11", "characters)", static sid =>
                sid.Length > 128 ? sid[..64] + sid[^64..] : sid
            ),
            Ids("a long id is known by its last characters", "IDS-11", "characters)", static sid => sid.Length > 32 ? sid[^32..] : sid),
            Ids("every second character of a long id is looked at", "IDS-11", "characters)", static sid =>
                sid.Length > 128 ? string.Concat(sid.Where(static (_, i) => i % 2 == 1)) : sid
            ),
            Prefix("the prefix is compared by LIKE", static (text, prefix) =>
                Regex.IsMatch(
                    text,
                    "^" + Regex.Escape(prefix).Replace("%", ".*", StringComparison.Ordinal).Replace("_", ".", StringComparison.Ordinal)
                )
            ),
            Prefix("the prefix is a glob", static (text, prefix) =>
                Regex.IsMatch(
                    text,
                    "^" + Regex.Escape(prefix).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)
                )
            ),
            Prefix("the prefix is compared without case", static (text, prefix) =>
                text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            ),
            Mutant.Of("get and touch of a damaged entry says absent", "ERR-04", "get and touch of a damaged entry", s => new Bent(s)
            {
                OnGetAndTouch = static (b, sid, plan, next) => b.Look(sid) is { Damaged: true } ? default : next(plan),
            }),
            Mutant.Of("touch of a damaged entry says absent", "ERR-04", "touch of a damaged entry", s => new Bent(s)
            {
                OnRetouch = static (b, sid, record, next) => b.Look(sid) is not { Damaged: true } && next(record),
            }),
            Mutant.Of("a damaged entry ends the listing", "ERR-04", "all with a damaged entry", s => new Bent(s)
            {
                OnListed = static (_, rows) =>
                    rows.OrderByDescending(static row => row.Value.Damaged).TakeWhile(static row => !row.Value.Damaged),
            }),
            Mutant.Of("one buffer for each session, filled by every get", "ISO-01", "set and read again: as it was", s => new Bent(s)
            {
                OnRecord = static (b, row, record) => Shared(b, row, record),
            }),
            Mutant.Of("a payload of the same length is written over the old one", "ISO-01", "set again: as it was", s => new Bent(s)
            {
                OnPut = static (b, sid, record, next) =>
                {
                    if (b.Look(sid) is { } old && old.Payload.Length == record.Payload.Length && b.EndOf(record) > b.Time)
                    {
                        record.Payload.CopyTo(old.Payload);
                        record = SessionRecord.TakeOwnership(old.Payload, record.Expires);
                    }

                    next(record);
                },
            }),
            .. Leaks(),
        ];

    private static IEnumerable<Mutant> Leaks()
    {
        yield return Mutant.Of("the id is in the exception's data", "SEC-02", "carries a session id", s => new Bent(s)
        {
            OnSet = static (_, sid, _, token, next) =>
                token.IsCancellationRequested ? throw new OperationCanceledException { Data = { ["key"] = sid } } : next(),
        });
        yield return Mutant.Of("the payload is in the data of an inner exception", "SEC-02", "carries a payload", s => new Bent(s)
        {
            OnSet = static (_, _, record, token, next) =>
                token.IsCancellationRequested
                    ? throw new OperationCanceledException(
                        "Cancelled.",
                        new InvalidOperationException { Data = { ["value"] = Encoding.UTF8.GetString(record.Payload.Span) } }
                    )
                    : next(),
        });
        yield return Traces("the id is a tag of the trace", "a tag of an activity", static (activity, sid) =>
            activity.SetTag("db.key", sid)
        );
        yield return Traces("the id is in the name of the activity", "the name or status", static (activity, sid) =>
            activity.DisplayName = "GET " + sid
        );
        yield return Traces("the id is in an event of the trace", "an event of an activity", static (activity, sid) =>
            activity.AddEvent(new ActivityEvent("miss", tags: new ActivityTagsCollection { ["key"] = sid }))
        );
        yield return Traces("the id is baggage of the trace", "the baggage", static (activity, sid) => activity.SetBaggage("session", sid));
        yield return Mutant.Of("the id is a tag of a metric", "SEC-05", "a tag of a metric", s => new Bent(s)
        {
            OnGet = static (_, sid, _, next) =>
            {
                Calls.Add(1, KeyValuePair.Create<string, object?>("sid", sid));
                return next();
            },
        });
        yield return Hides("the id is in Base64 at rest", "in Base64", static sid => Convert.ToBase64String(Encoding.UTF8.GetBytes(sid)));
        yield return Hides("the id is in hexadecimal at rest", "in hexadecimal", static sid =>
            Convert.ToHexString(Encoding.UTF8.GetBytes(sid))
        );
        yield return Hides("the id is reversed at rest", "reversed", static sid => string.Concat(sid.Reverse()));
    }

    private static Mutant Stores(string name, string killedBy, string phrase, Func<byte[], byte[]> encode) =>
        Mutant.Of(name, killedBy, phrase, s => new Bent(s) { OnEncode = encode });

    private static Mutant Texts(string name, string killedBy, string phrase, Func<string, string> encode) =>
        Stores(name, killedBy, phrase, bytes => Documents.Map(bytes, encode));

    private static Mutant Ids(string name, string killedBy, string phrase, Func<string, string> key) =>
        Mutant.Of(name, killedBy, phrase, s => new Bent(s) { OnKey = key });

    private static Mutant Prefix(string name, Func<string, string, bool> begins) =>
        Mutant.Of(name, "GTT-02", "of a session that begins otherwise: not touched", s => new Bent(s)
        {
            OnGetAndTouch = (b, sid, plan, next) =>
                next(
                    b.Look(sid) is { } row && begins(Encoding.UTF8.GetString(row.Payload), Encoding.UTF8.GetString(plan.Prefix.Span))
                        ? plan with
                        {
                            Prefix = default,
                        }
                        : plan
                ),
        });

    private static Mutant Traces(string name, string phrase, Action<Activity, string> leak) =>
        Mutant.Of(name, "SEC-05", phrase, s => new Bent(s)
        {
            OnGet = async (_, sid, _, next) =>
            {
                using var activity = Activities.StartActivity("get");
                if (activity is not null)
                {
                    leak(activity, sid);
                }

                return await next();
            },
        });

    private static Mutant Hides(string name, string phrase, Func<string, string> key) =>
        new(name, "SEC-04", phrase, () =>
            new ReferenceHarness(s => new Bent(s) { OnKey = key }, Mutant.Impatient with { HidesIds = true })
        );

    private static SessionRecord Shared(Bent b, Row row, SessionRecord record)
    {
        // By the marker of the session, which is in every payload of one case.
        var sid = b.Space.Rows.FirstOrDefault(entry => ReferenceEquals(entry.Value, row)).Key ?? "";
        var buffer = (byte[])b.Memory.GetOrAdd(sid, static _ => new byte[ReferenceStore.MaxPayload]);
        record.Payload.CopyTo(buffer);
        return SessionRecord.TakeOwnership(buffer.AsMemory(0, record.Payload.Length), record.Expires, record.Token);
    }

    [GeneratedRegex(@"(?<![\d.eE+])-?\d{16,}(?![\d.eE])")]
    private static partial Regex Whole();

    [GeneratedRegex(@"-?\d+\.\d{5,}(?![\deE])")]
    private static partial Regex Fraction();
}
