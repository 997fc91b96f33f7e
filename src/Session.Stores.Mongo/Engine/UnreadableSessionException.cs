namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>A document that holds no session. Its text names no content.</summary>
internal sealed class UnreadableSessionException(string reason) : Exception(reason);
