using System.Text.Json;
using ServerSessions.Interop.Driver;
using ServerSessions.Payload;

namespace ServerSessions.Interop.Cases.Building;

/// <summary>What one request of a case brought: the response, the calls of the store, and what is in the store afterwards.</summary>
internal sealed record Answer(Exchange Exchange, IReadOnlyList<string> Calls, IReadOnlyList<StoredSession> Stored, CookieWriter Cookies)
{
    private const string TraceStart = "{\"trace\":";

    public IEnumerable<SetCookieHeader> SessionCookies => Exchange.SetCookies.Where(cookie => cookie.Name == Cookies.Name);

    /// <summary>The entries of the trace; none where the body has no trace.</summary>
    public IReadOnlyList<JsonElement> Trace =>
        Exchange.Body.LastIndexOf(TraceStart, StringComparison.Ordinal) is >= 0 and var start
            ? [.. JsonSerializer.Deserialize<JsonElement>(Exchange.Body[start..]).GetProperty("trace").EnumerateArray()]
            : [];

    /// <summary>The stored sessions without their cookies, as JSON, in the order of their ids.</summary>
    public IEnumerable<string> StoredData =>
        Stored.Select(static session =>
            Steps.Json(
                JsonSerializer
                    .Deserialize<OrderedDictionary<string, JsonElement>>(session.Json)!
                    .Where(static member => member.Key != SessionDocument.CookieName)
                    .ToDictionary(static member => member.Key, static member => member.Value)
            )
        );

    public override string ToString() =>
        $"reply: {Exchange}\ncalls: {string.Join(", ", Calls)}\nstored: {string.Join(' ', Stored.Select(static session => session.Json))}";
}
