using System.Text.Json.Serialization;

namespace ServerSessions;

/// <summary>The JSON of the endpoints of users' sessions.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ListedSessionsJson))]
[JsonSerializable(typeof(EndedSessionsJson))]
internal sealed partial class DevicesJson : JsonSerializerContext;

/// <summary>The sessions of the user who asks.</summary>
/// <param name="Sessions">The sessions, the one that asks first.</param>
/// <param name="EndOthersUrl">Where DELETE ends all others.</param>
/// <param name="Antiforgery">What each DELETE must send.</param>
internal sealed record ListedSessionsJson(IEnumerable<ListedSessionJson> Sessions, string EndOthersUrl, AntiforgeryJson Antiforgery);

/// <summary>One session.</summary>
internal sealed record ListedSessionJson(
    string Handle,
    string? Label,
    string? Method,
    string? Address,
    DateTimeOffset SignedInAt,
    DateTimeOffset? LastSeenAt,
    DateTimeOffset? ExpiresAt,
    bool IsCurrent,
    string EndUrl
);

/// <summary>A header that a request which ends sessions must have.</summary>
internal sealed record AntiforgeryJson(string? HeaderName, string? Token);

/// <summary>What became of all other sessions.</summary>
internal sealed record EndedSessionsJson(int Ended, int Failed);
