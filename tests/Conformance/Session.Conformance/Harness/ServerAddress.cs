namespace ServerSessions.Conformance;

/// <summary>The address of a server, or of the <see cref="FaultProxy"/> in front of it.</summary>
/// <param name="Host">The host name or IP address.</param>
/// <param name="Port">The TCP port, 1 to 65535.</param>
public sealed record ServerAddress(string Host, int Port)
{
    /// <summary>Returns the address as <c>HOST:PORT</c>.</summary>
    /// <returns>Host and port.</returns>
    public override string ToString() => $"{Host}:{Port}";
}
