using System.Text.Json;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>The members of a session's JSON, each with its text as it stands.</summary>
internal static class JsonMembers
{
    public static (SortedDictionary<string, string> Cookie, SortedDictionary<string, string> Values) Of(string json, params string[] others)
    {
        using var document = JsonDocument.Parse(json);
        var cookie = Members(document.RootElement.GetProperty("cookie"));
        var values = Members(document.RootElement);
        values.Remove("cookie");
        foreach (var other in others)
        {
            values.Remove(other);
        }

        return (cookie, values);
    }

    private static SortedDictionary<string, string> Members(JsonElement element) =>
        new(
            element.EnumerateObject().ToDictionary(static member => member.Name, static member => member.Value.GetRawText()),
            StringComparer.Ordinal
        );
}
