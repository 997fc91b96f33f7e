using Microsoft.AspNetCore.Components.Server.Circuits;

namespace ServerSessions;

/// <summary>
/// Opens the scope of a circuit; the constructor runs before any component of the circuit. Refuses another connection for a circuit whose
/// session has ended, if its connections are closed then: the script of the page connects again by itself.
/// </summary>
internal sealed class CircuitStart : CircuitHandler
{
    private readonly CircuitScope _scope;
    private bool _isConnected;

    public CircuitStart(CircuitScope scope)
    {
        _scope = scope;
        scope.Open(CircuitConnections.Current?.Sessions);
    }

    /// <summary>Before the handlers of the application.</summary>
    public override int Order => int.MinValue;

    /// <exception cref="SessionNotFoundException">The session has ended. The page loads again.</exception>
    /// <exception cref="SessionStoreException">The session could not be read.</exception>
    public override async Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_isConnected && CircuitConnections.Current?.ClosesWith is { } name && _scope.Find(name) is { } reference)
        {
            await using var _ = await reference.OpenAsync(cancellationToken);
        }

        _isConnected = true;
    }
}
