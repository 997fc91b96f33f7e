namespace ServerSessions.Interop.CrossRuntime.Running;

/// <summary>What a package answered with an error.</summary>
internal sealed class NodeException(string message) : Exception(message);
