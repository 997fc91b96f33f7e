namespace ServerSessions.Interop.CrossRuntime.Backends;

/// <summary>A record as it lies in the backend, read with neither runtime's store.</summary>
/// <param name="Around">What stands around the session, with its type: columns, the store's own members.</param>
/// <param name="Cookie">The cookie's members: the JSON of each or, in a MongoDB document, its type and value.</param>
/// <param name="Values">The session's members, likewise.</param>
/// <param name="Text">All of it as a text of the backend's own kind: what the golden records keep.</param>
/// <param name="Ends">When it ends by the backend's own clock.</param>
internal sealed record RawRecord(
    IReadOnlyDictionary<string, string> Around,
    IReadOnlyDictionary<string, string> Cookie,
    IReadOnlyDictionary<string, string> Values,
    string Text,
    Instant Ends
);
