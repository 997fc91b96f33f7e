namespace ServerSessions.Interop.Host;

/// <summary>The host cannot start with what it was given; the message is the line for standard error.</summary>
public sealed class BadArgumentException(string message) : Exception(message);
