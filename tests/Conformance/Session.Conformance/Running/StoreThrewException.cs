namespace ServerSessions.Conformance;

/// <summary>The store threw an exception that the case did not expect.</summary>
internal sealed class StoreThrewException(string call, Exception innerException)
    : Exception($"{call} threw {innerException.GetType().Name}.", innerException)
{
    public string Call { get; } = call;
}
