namespace ServerSessions.Interop.CrossRuntime.Running;

/// <summary>An error that a package returned.</summary>
internal sealed class NodeException(string message) : Exception(message);
