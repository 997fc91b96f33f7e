using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions.Operations.Tests.Health;

/// <summary>Where a store has its sessions, and what puts it out of order.</summary>
internal sealed class HealthPlace(Action<IServerSessionBuilder> add, params string[] hidden) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _owned = [];

    /// <summary>What no description may show.</summary>
    public IReadOnlyList<string> Hidden => hidden;

    /// <summary>Puts the store out of order, after the application has started.</summary>
    public Action Break { get; init; } = static () => { };

    public void AddStore(IServerSessionBuilder builder) => add(builder);

    public HealthPlace Owning(params IEnumerable<IAsyncDisposable> owned)
    {
        _owned.AddRange(owned);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }
}
