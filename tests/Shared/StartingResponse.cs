using Microsoft.AspNetCore.Http.Features;

namespace ServerSessions.Testing;

/// <summary>A response without a server that calls what is registered for its start, the last first, as a server does.</summary>
internal sealed class StartingResponse : HttpResponseFeature
{
    private readonly Stack<(Func<object, Task> Callback, object State)> _starting = new(4);

    public override void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

    public async Task StartAsync()
    {
        while (_starting.TryPop(out var starting))
        {
            await starting.Callback(starting.State);
        }
    }
}
