using System.Text.Json;

namespace ServerSessions.Interop.Golden;

/// <summary>A record that the real Node package wrote.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="At">What the clock showed.</param>
/// <param name="Session">The session's JSON, as an application in Node reads it.</param>
/// <param name="Record">What lay in the backend.</param>
internal sealed record GoldenRecord(string Name, DateTimeOffset At, string Session, JsonElement Record)
{
    public string Text(string member) => Record.GetProperty(member).GetString()!;
}

/// <summary>The files in this folder, which lie beside the tests that read them.</summary>
internal static class GoldenFile
{
    public static IReadOnlyList<GoldenRecord> Read(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".json")));
        return
        [
            .. document
                .RootElement.GetProperty("records")
                .EnumerateArray()
                .Select(static record => new GoldenRecord(
                    record.GetProperty("name").GetString()!,
                    record.GetProperty("at").GetDateTimeOffset(),
                    record.GetProperty("session").GetString()!,
                    record.GetProperty("record").Clone()
                )),
        ];
    }

    /// <summary>The end that express-session gave the cookie; null where the store's default counts.</summary>
    public static DateTimeOffset? EndOf(GoldenRecord record)
    {
        using var session = JsonDocument.Parse(record.Session);
        return session.RootElement.GetProperty("cookie").GetProperty("expires") is { ValueKind: JsonValueKind.String } expires
            ? expires.GetDateTimeOffset()
            : null;
    }
}
