using Microsoft.AspNetCore.SignalR.Client;

namespace ServerSessions.SignalR.Tests.Support;

/// <summary>A client of the hub, with the end of its connection as a task.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly TaskCompletionSource<Exception?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HubClient(HubConnection connection)
    {
        _connection = connection;
        connection.Closed += error =>
        {
            _closed.TrySetResult(error);
            return Task.CompletedTask;
        };
        connection.Reconnecting += _ =>
        {
            Reconnects++;
            return Task.CompletedTask;
        };
    }

    public int Reconnects { get; private set; }

    public bool IsOpen => _connection.State == HubConnectionState.Connected && !_closed.Task.IsCompleted;

    /// <summary>Waits until the server has closed the connection.</summary>
    /// <returns>The error that the client reports, if there is one.</returns>
    public Task<Exception?> ClosedAsync() => _closed.Task.WithinBoundAsync("the end of the connection");

    public bool IsClosed => _closed.Task.IsCompleted;

    public Task<T> CallAsync<T>(string method, params object?[] arguments) =>
        _connection
            .InvokeCoreAsync<T>(method, arguments, TestContext.Current.CancellationToken)
            .WithinBoundAsync($"the result of {method}");

    public Task CallAsync(string method, params object?[] arguments) =>
        _connection.InvokeCoreAsync(method, arguments, TestContext.Current.CancellationToken).WithinBoundAsync($"the end of {method}");

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
