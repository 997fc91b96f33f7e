using Microsoft.Extensions.DependencyInjection;

namespace ServerSessions;

/// <summary>Whether the dashboard is mapped, and of which sessions it is.</summary>
internal sealed class DashboardMap(string sessionName)
{
    private volatile bool _isMapped;

    public string SessionName => sessionName;

    public bool IsMapped => _isMapped;

    /// <exception cref="InvalidOperationException">It is mapped already.</exception>
    public void Map() =>
        _isMapped = _isMapped
            ? throw new InvalidOperationException("MapSessionDashboard was called twice. An application has one dashboard: call it once.")
            : true;

    public IServerSessionOperator OperatorOf(IServiceProvider services) =>
        sessionName.Length == 0
            ? services.GetRequiredService<IServerSessionOperator>()
            : services.GetRequiredKeyedService<IServerSessionOperator>(sessionName);
}
