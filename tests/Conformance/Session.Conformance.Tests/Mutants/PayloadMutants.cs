using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerSessions.Conformance.Tests.Reference;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Wrong about what a payload or a sid holds.</summary>
internal static partial class PayloadMutants
{
    public static IEnumerable<Mutant> All =>
        [
            Encoding("text in ASCII", "PAY-01", "the text", static text =>
                System.Text.Encoding.ASCII.GetString(System.Text.Encoding.ASCII.GetBytes(text))
            ),
            Encoding("payload normalized to NFC", "PAY-02", "é as one character and as two", Compose),
            Encoding("bytes taken for characters", "PAY-03", "U+0001 to U+00FF", static text =>
                System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(text))
            ),
            Values("null members are dropped", "PAY-04", "null, false, 0", static (key, json) => json == "null" ? null : (key, json)),
            Values("empty lists become null", "PAY-04", "null, false, 0", static (key, json) => (key, json == "[]" ? "null" : json)),
            Bytes("payload cut at 64 KiB", "PAY-05", "a text of 65536 characters", static payload =>
                payload.Length > 65536 ? payload[..65536] : payload
            ),
            Mutant.Of("limit unchecked", "PAY-06", "no exception", s => new Unlimited(s)),
            Mutant.Of(
                "old session removed before the limit is checked",
                "PAY-06",
                "after a payload that was too large",
                s => new RemovesFirst(s)
            ),
            Values("256 slots", "PAY-07", "1,000 keys", static (key, json) =>
                key.StartsWith("key-", StringComparison.Ordinal)
                && key.Length > 6
                && int.Parse(key[4..], CultureInfo.InvariantCulture) > 255
                    ? null
                    : (key, json)
            ),
            Values("keys are paths", "PAY-08", "the key 'a.b'", static (key, json) => (key.Replace('.', '_'), json)),
            Values("keys folded to lower case", "PAY-08", "unusual keys", static (key, json) => (key.ToLowerInvariant(), json)),
            Values("numbers pass through float", "PAY-09", "the number 9007199254740991", static (key, json) =>
                (
                    key,
                    json.Length > 9 && double.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                        ? ((float)number).ToString("R", CultureInfo.InvariantCulture).Replace("∞", "0", StringComparison.Ordinal)
                        : json
                )
            ),
            Bytes("nesting limited to 32", "PAY-10", "set of a value 50 levels deep: no exception", static payload =>
            {
                using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 32 });
                return payload;
            }),
            Encoding("text cut at NUL", "PAY-11", "a text with an escaped NUL", static text =>
                text.Replace("\\u0000", "", StringComparison.Ordinal)
            ),
            Bytes("payload written anew", "PAY-12", "a payload as another writer spells it", static payload =>
            {
                using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 128 });
                return JsonSerializer.SerializeToUtf8Bytes(document.RootElement, Relaxed);
            }),
            Ids("special characters replaced in ids", "IDS-01", "the id 'a/b'", static sid => Special().Replace(sid, "_")),
            Ids("ids folded to lower case", "IDS-02", "abcdefghijklmnop", static sid => sid.ToLowerInvariant()),
            Ids("ids normalized to NFC", "IDS-03", "the session of the id", Compose),
            Ids("ids trimmed as file names", "IDS-04", "the id 'a'", static sid => sid.TrimEnd('.', ' ')),
            Ids("ids cut at 255", "IDS-05", "(256 characters)", static sid => sid.Length > 255 ? sid[..255] : sid),
            Mutant.Of("ids are patterns", "IDS-06", "was destroyed: the session that was stored", s => new Patterns(s)),
            Mutant.Of("concatenated SQL", "IDS-07", "another session, after ids that are commands", s => new Injectable(s)),
            Ids("own prefix stripped from ids", "IDS-08", "the id 'sess:", static sid =>
                sid.StartsWith("sess:", StringComparison.Ordinal) ? sid[5..] : sid
            ),
        ];

    private static JsonSerializerOptions Relaxed { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 128 };

    private static Mutant Bytes(string name, string killedBy, string phrase, Func<byte[], byte[]> encode) =>
        Mutant.Of(name, killedBy, phrase, s => new Encodes(s, encode));

    private static Mutant Encoding(string name, string killedBy, string phrase, Func<string, string> encode) =>
        Bytes(name, killedBy, phrase, payload => Documents.Map(payload, encode));

    private static Mutant Values(string name, string killedBy, string phrase, Func<string, string, (string Key, string Json)?> map) =>
        Bytes(name, killedBy, phrase, payload => Documents.TryParse(payload, out _) ? Documents.Map(payload, map) : payload);

    private static Mutant Ids(string name, string killedBy, string phrase, Func<string, string> key) =>
        Mutant.Of(name, killedBy, phrase, s => new Keyed(s, key));

    // Invariant globalization, which the build sets, does not normalize.
    private static string Compose(string text) =>
        text.Replace("e\u0301", "\u00e9", StringComparison.Ordinal).Replace("A\u030a", "\u00c5", StringComparison.Ordinal);

    [GeneratedRegex(@"[^\w.:=-]")]
    private static partial Regex Special();

    private sealed class Encodes(Setup s, Func<byte[], byte[]> encode) : ReferenceStore(s)
    {
        protected override byte[] Encode(ReadOnlyMemory<byte> payload) => encode(payload.ToArray());
    }

    private sealed class Keyed(Setup s, Func<string, string> key) : ReferenceStore(s)
    {
        protected override string Key(string sid) => key(sid);
    }

    private sealed class Unlimited(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            if (ExpiryOf(record) > Now)
            {
                Space.Rows[sid] = NewRow(record, ExpiryOf(record));
            }
            else
            {
                Remove(sid);
            }
        }
    }

    private sealed class RemovesFirst(Setup s) : ReferenceStore(s)
    {
        protected override void Put(string sid, SessionRecord record)
        {
            Remove(sid);
            base.Put(sid, record);
        }
    }

    private sealed class Patterns(Setup s) : ReferenceStore(s)
    {
        protected override void Remove(string sid)
        {
            var pattern = new Regex(
                "^" + Regex.Escape(sid).Replace("%", ".*", StringComparison.Ordinal).Replace("_", ".", StringComparison.Ordinal) + "$",
                RegexOptions.Singleline
            );
            foreach (var key in Space.Rows.Keys.Where(key => key == sid || (sid.Length > 30 && sid.EndsWith('_') && pattern.IsMatch(key))))
            {
                Space.Rows.TryRemove(key, out _);
            }
        }
    }

    private sealed class Injectable(Setup s) : ReferenceStore(s)
    {
        protected override void Remove(string sid)
        {
            if (sid.Contains("' OR '1'='1", StringComparison.Ordinal))
            {
                Space.Rows.Clear();
            }

            base.Remove(sid);
        }
    }
}
