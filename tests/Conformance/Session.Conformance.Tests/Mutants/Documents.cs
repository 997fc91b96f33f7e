using System.Diagnostics.CodeAnalysis;
using System.Text;
using ServerSessions.Payload;

namespace ServerSessions.Conformance.Tests.Mutants;

/// <summary>Payloads as mutants take them apart.</summary>
internal static class Documents
{
    public static bool TryParse(ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out SessionDocument? document)
    {
        try
        {
            document = SessionDocument.Parse(payload.ToArray());
            return true;
        }
        catch (SessionPayloadException)
        {
            document = null;
            return false;
        }
    }

    /// <summary>Changes every value of a session; payloads that are none stay.</summary>
    public static byte[] Map(ReadOnlyMemory<byte> payload, Func<string, string, (string Key, string Json)?> map)
    {
        if (!TryParse(payload, out var document))
        {
            return payload.ToArray();
        }

        var mapped = new SessionDocument(document.CookieJson);
        foreach (var key in document.Keys)
        {
            document.TryGetJson(key, out var json);
            if (map(key, Encoding.UTF8.GetString(json.Span)) is { } value)
            {
                mapped.SetJson(value.Key, Encoding.UTF8.GetBytes(value.Json));
            }
        }

        return mapped.ToPayload();
    }

    public static byte[] Map(ReadOnlyMemory<byte> payload, Func<string, string> map) =>
        Encoding.UTF8.GetBytes(map(Encoding.UTF8.GetString(payload.Span)));
}
