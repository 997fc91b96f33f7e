namespace ServerSessions.Stores.Mongo;

/// <summary>How a session is stored in its document. The format applies to writes; reads accept both.</summary>
public enum MongoSessionFormat
{
    /// <summary>A JSON string, byte for byte: connect-mongo's <c>stringify: true</c>, its default.</summary>
    Text,

    /// <summary>
    /// A sub-document, which queries can search: connect-mongo's <c>stringify: false</c>. JSON without a counterpart in BSON (a lone
    /// surrogate, a NUL in a name) is refused. Numbers are Int32 or Double as in Node, or Int64 for whole numbers that a Double would
    /// round.
    /// </summary>
    Document,
}
