namespace ServerSessions.Stores.Mongo;

/// <summary>How a session stands in its document. Both are read, whichever is chosen; what is written has the chosen one.</summary>
public enum MongoSessionFormat
{
    /// <summary>As JSON text, byte for byte: connect-mongo's <c>stringify: true</c>, its default.</summary>
    Text,

    /// <summary>
    /// As a sub-document that queries can look into: connect-mongo's <c>stringify: false</c>. JSON without a counterpart in BSON is
    /// refused: a lone surrogate, a NUL in a name. Numbers are what Node makes of them: Int32 or Double, and Int64 for whole numbers that a
    /// Double would round.
    /// </summary>
    Document,
}
