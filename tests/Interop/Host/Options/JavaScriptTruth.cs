using System.Text.Json;

namespace ServerSessions.Interop.Host.Options;

/// <summary>What a JSON value is in a JavaScript condition.</summary>
internal static class JavaScriptTruth
{
    /// <returns>Nothing where the value is absent (<c>undefined</c>).</returns>
    public static bool? Of(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined => null,
            JsonValueKind.Null or JsonValueKind.False => false,
            JsonValueKind.Number => value.GetDouble() != 0,
            JsonValueKind.String => value.GetString()!.Length > 0,
            _ => true,
        };
}
