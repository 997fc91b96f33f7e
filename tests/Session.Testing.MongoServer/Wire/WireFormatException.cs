namespace ServerSessions.Testing.MongoServer.Wire;

/// <summary>Bytes that are no message of the protocol; the connection is closed, as mongod does.</summary>
internal sealed class WireFormatException(string message) : Exception(message);
