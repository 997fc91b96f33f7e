using System.Text.Json.Serialization;

namespace ServerSessions;

/// <summary>The JSON of sign-ins and of the lists of users' sessions. Members are added only: Node and older instances keep them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault
)]
[JsonSerializable(typeof(StoredLogin))]
[JsonSerializable(typeof(UserIndexContent))]
internal sealed partial class UsersJson : JsonSerializerContext;
