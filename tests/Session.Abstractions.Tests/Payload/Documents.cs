using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Tests.Payload;

/// <summary>Between texts and documents.</summary>
internal static class Documents
{
    public static SessionDocument Parse(string payload) => SessionDocument.Parse(Encoding.UTF8.GetBytes(payload));

    public static string Text(this SessionDocument document) => Encoding.UTF8.GetString(document.ToPayload());

    public static string? Get(this SessionDocument document, string key) =>
        document.TryGetJson(key, out var json) ? Encoding.UTF8.GetString(json.Span) : null;

    public static void Set(this SessionDocument document, string key, string json) => document.SetJson(key, Encoding.UTF8.GetBytes(json));

    public static SessionPayloadException ParseError(ReadOnlyMemory<byte> payload) =>
        Assert.Throws<SessionPayloadException>(() => SessionDocument.Parse(payload));

    public static SessionPayloadException ParseError(string payload) => ParseError(Encoding.UTF8.GetBytes(payload));
}
