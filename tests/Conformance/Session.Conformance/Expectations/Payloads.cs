using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Conformance;

/// <summary>Compares payloads as faithfully as the store claims to hold them.</summary>
internal static class Payloads
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 128 };

    public static bool Same(ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> actual, PayloadFidelity fidelity) =>
        expected.Span.SequenceEqual(actual.Span) || (fidelity == PayloadFidelity.Json && SameContent(expected, actual, fidelity));

    /// <summary>Whether two payloads have the same values; the cookie may differ, since a touch may replace it.</summary>
    public static bool SameContent(ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> actual, PayloadFidelity fidelity)
    {
        try
        {
            var (one, other) = (SessionDocument.Parse(expected), SessionDocument.Parse(actual));
            return fidelity == PayloadFidelity.Bytes ? one.ContentEquals(other) : SameValues(one, other);
        }
        catch (SessionPayloadException)
        {
            return false;
        }
    }

    /// <summary>Describes a payload without its content, which may be a real user's.</summary>
    public static string Describe(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var document = SessionDocument.Parse(payload);
            return $"a session of {document.Count} values ({payload.Length} bytes)";
        }
        catch (SessionPayloadException error)
        {
            return $"{payload.Length} bytes that are no session ({error.Error})";
        }
    }

    /// <summary>Describes the difference of two payloads by the keys that differ.</summary>
    public static string Difference(ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> actual, PayloadFidelity fidelity)
    {
        try
        {
            var (one, other) = (SessionDocument.Parse(expected), SessionDocument.Parse(actual));
            var differing = one
                .Keys.Concat(other.Keys)
                .Distinct(StringComparer.Ordinal)
                .Where(key => !SameValue(one, other, key, fidelity))
                .ToArray();
            var what =
                differing.Length > 0 ? $"the values that differ: {string.Join(", ", differing.Take(8).Select(Text.Quote))}"
                : fidelity == PayloadFidelity.Bytes ? "same values, other bytes (cookie, order or spelling)"
                : "a cookie that differs";
            return $"{Describe(actual)}; {what}";
        }
        catch (SessionPayloadException)
        {
            return Describe(actual);
        }
    }

    private static bool SameValues(SessionDocument one, SessionDocument other) =>
        one.Count == other.Count && one.Keys.All(key => SameValue(one, other, key, PayloadFidelity.Json));

    private static bool SameValue(SessionDocument one, SessionDocument other, string key, PayloadFidelity fidelity)
    {
        if (!one.TryGetJson(key, out var left) || !other.TryGetJson(key, out var right))
        {
            return false;
        }

        if (left.Span.SequenceEqual(right.Span))
        {
            return true;
        }

        if (fidelity == PayloadFidelity.Bytes)
        {
            return false;
        }

        using var leftJson = JsonDocument.Parse(left, Deep);
        using var rightJson = JsonDocument.Parse(right, Deep);
        try
        {
            return JsonElement.DeepEquals(leftJson.RootElement, rightJson.RootElement);
        }
        catch (InvalidOperationException)
        {
            // A text with half a surrogate pair has no value to compare, and its bytes differ.
            return false;
        }
    }
}
