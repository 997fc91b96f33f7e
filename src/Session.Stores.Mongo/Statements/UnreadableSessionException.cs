namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>Thrown for a document that holds no session. The message contains no content.</summary>
internal sealed class UnreadableSessionException(string reason) : Exception(reason);
