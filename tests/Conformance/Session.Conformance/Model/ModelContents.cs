using System.Globalization;

namespace ServerSessions.Conformance;

/// <summary>Contents and ids that stores are known to stumble over.</summary>
internal static class ModelContents
{
    // Stores keep blocks of these sizes apart, inline and out of line.
    private const int Block = 4096;
    private const int Large = 70_000;

    private static readonly string[] Plain = ["session-1", "session-2", "session-3", "session-4"];

    private static readonly string[] Shapes = ["", ", the bytes it had", ", with spaces and quotes", ", of 4 KB", ", of 70 KB"];

    /// <summary>Ids with the case whose rule says that they are ids; a store that waives it is not asked for them.</summary>
    private static readonly (string CaseId, string[] Sids)[] Ids =
    [
        ("IDS-01", ["a/b", "a'b", "a%2Fb", "a:b", "日本", "😀", "😁", "a b", "%61"]),
        ("IDS-02", ["aBcDeF", "abcdef", "ABCDEF"]),
        ("IDS-03", ["caf\u00e9", "cafe\u0301"]),
        ("IDS-04", ["a", "a.", "a.json", "CON"]),
        ("IDS-05", ["x" + new string('y', 510) + "z", "x" + new string('y', 254) + "x" + new string('y', 255) + "z", "b"]),
        ("IDS-06", ["a_c", "abc", "a%c", "a*c"]),
    ];

    public static int Count => Shapes.Length;

    public static string Name(int shape) => Shapes[shape % Shapes.Length];

    public static string Expected(int shape) => (shape % 3) switch
    {
        0 => "what was read last",
        1 => "absence",
        _ => "what was read first",
    };

    public static string Lost(int shape) => (shape % 5) switch
    {
        0 => "set",
        1 => "touch",
        2 => "destroy",
        3 => "get",
        _ => "clear, and then get",
    };

    /// <summary>The ids of a program: they are alike in what some store confuses.</summary>
    public static IReadOnlyList<string> NewIds(CaseContext t, Random random)
    {
        var waived = t.Harness.Waivers.Select(static waiver => waiver.CaseId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var ids = Ids.Where(group => !waived.Contains(group.CaseId)).ToArray();
        string[] group = ids.Length == 0 ? [] : [.. ids[random.Next(ids.Length)].Sids];
        random.Shuffle(group);
        return [.. group.Concat(Plain).Take(ModelProgram.Sessions)];
    }

    /// <summary>A record of a shape. The number is part of its content.</summary>
    public static SessionRecord NewRecord(CaseContext t, int shape, int number, TimeSpan? life, SessionRecord? before)
    {
        DateTimeOffset? expires = life is { } span ? t.Now + span : null;
        if (shape % Shapes.Length == 1 && before is not null && !t.Settings.ExpiryInPayload)
        {
            return SessionRecord.TakeOwnership(before.Payload, expires);
        }

        var value = CaseContext.Json(string.Create(CultureInfo.InvariantCulture, $"{number}"));
        var plain = t.Session(expires, ("n", value));
        var limit = Math.Min(t.Settings.MaxPayloadBytes ?? Large, Large);
        return (shape % Shapes.Length) switch
        {
            2 => t.Session(expires, ("n", value), ("text", CaseContext.Json(" 'a' \"b\" \\ "))),
            3 => Filled(t, expires, value, plain, Math.Min(Block, limit)),
            4 => Filled(t, expires, value, plain, limit),
            _ => plain,
        };
    }

    /// <summary>A record of exactly so many bytes; the plain one if that is larger.</summary>
    private static SessionRecord Filled(CaseContext t, DateTimeOffset? expires, string value, SessionRecord plain, int size)
    {
        var room = size - t.Session(expires, ("n", value), ("f", "\"\"")).Payload.Length;
        return room < 0 ? plain : t.Session(expires, ("n", value), ("f", $"\"{new string('x', room)}\""));
    }
}
