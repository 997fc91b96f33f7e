using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Interop.Host;

/// <summary>How responses are written.</summary>
internal static class Answers
{
    /// <summary>Strings as <c>JSON.stringify</c> writes them.</summary>
    public static JsonSerializerOptions Json { get; } = new() { Encoder = SessionJson.Encoder };

    /// <summary>The entry or response of a step that succeeded and has no value.</summary>
    public static byte[] Ok { get; } = "\"ok\""u8.ToArray();

    /// <summary>Whether a response of this status has a body; Kestrel refuses to write one where not.</summary>
    public static bool CanHaveBody(HttpResponse response) =>
        response.StatusCode
            is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified);

    public static async Task WriteJsonAsync(HttpResponse response, ReadOnlyMemory<byte> json)
    {
        response.ContentType = "application/json";
        if (CanHaveBody(response))
        {
            await response.Body.WriteAsync(json);
        }
    }
}
