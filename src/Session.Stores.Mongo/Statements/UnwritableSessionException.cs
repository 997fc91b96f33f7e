namespace ServerSessions.Stores.Mongo.Statements;

/// <summary>Thrown, before anything is written, for a session that cannot be stored. The message contains no content.</summary>
internal sealed class UnwritableSessionException(string reason) : Exception(reason);
