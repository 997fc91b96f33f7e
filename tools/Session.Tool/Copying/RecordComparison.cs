using System.Text.Json;
using ServerSessions.Payload;

namespace ServerSessions.Tool.Copying;

/// <summary>How two records of one session differ.</summary>
internal enum Difference
{
    None,
    Value,
    Life,
}

/// <summary>
/// Compares the records of one session in two stores. Stores that hold JSON may order members and format numbers in their own way, and
/// stores whose payload is the expiry rewrite the cookie's. So payloads that differ are compared as documents, without
/// <c>cookie.expires</c>.
/// </summary>
internal static class RecordComparison
{
    // Formats of whole seconds round up, and a time to live is read as what is left.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    public static Difference Compare(SessionRecord one, SessionRecord other) =>
        !HaveSameContent(one.Payload, other.Payload) ? Difference.Value
        : HaveSameLife(one.Expires, other.Expires) ? Difference.None
        : Difference.Life;

    /// <summary>Whether a record ends so much earlier that it is an older state of the session.</summary>
    public static bool IsOlder(SessionRecord record, SessionRecord than) => record.Expires < than.Expires - Tolerance;

    private static bool HaveSameLife(DateTimeOffset? one, DateTimeOffset? other) =>
        (one is { Year: >= 9999 } && other is { Year: >= 9999 }) || (one - other)?.Duration() <= Tolerance;

    private static bool HaveSameContent(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        if (one.Span.SequenceEqual(other.Span))
        {
            return true;
        }

        try
        {
            var (first, second) = (SessionDocument.Parse(one), SessionDocument.Parse(other));
            return first.Count == second.Count
                && first.Keys.All(key =>
                    first.TryGetJson(key, out var mine) && second.TryGetJson(key, out var theirs) && AreEqual(mine, theirs)
                )
                && HaveSameCookie(first.CookieJson, second.CookieJson);
        }
        catch (Exception error) when (error is SessionPayloadException or JsonException)
        {
            // What System.Text.Json does not take is equal only byte for byte.
            return false;
        }
    }

    private static bool AreEqual(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        if (one.Span.SequenceEqual(other.Span))
        {
            return true;
        }

        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }

    private static bool HaveSameCookie(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        var (mine, theirs) = (Members(first), Members(second));
        return mine.Count == theirs.Count
            && mine.All(member => theirs.TryGetValue(member.Key, out var value) && JsonElement.DeepEquals(member.Value, value));

        static Dictionary<string, JsonElement> Members(JsonDocument cookie) =>
            cookie
                .RootElement.EnumerateObject()
                .Where(static member => member.Name != "expires")
                .GroupBy(static member => member.Name)
                .ToDictionary(static member => member.Key, static member => member.Last().Value);
    }
}
