using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>How the files of golden records are written.</summary>
internal static class GoldenJson
{
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
