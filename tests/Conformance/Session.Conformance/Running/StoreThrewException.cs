namespace ServerSessions.Conformance;

/// <summary>The store threw where the case did not expect it.</summary>
internal sealed class StoreThrewException(string call, Exception innerException)
    : Exception($"{call} threw {innerException.GetType().Name}.", innerException)
{
    public string Call { get; } = call;
}
