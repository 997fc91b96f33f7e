namespace ServerSessions.Stores.Mongo.Engine;

/// <summary>A session that cannot be stored, found before anything was written. Its text names no content.</summary>
internal sealed class UnwritableSessionException(string reason) : Exception(reason);
