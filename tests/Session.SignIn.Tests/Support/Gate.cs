namespace ServerSessions.SignIn.Tests;

/// <summary>Holds a request until the test lets it go on.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Arrived => _arrived.Task.WithinBoundAsync("a request at a gate");

    public Task PassAsync()
    {
        _arrived.TrySetResult();
        return _open.Task.WithinBoundAsync("the opening of a gate");
    }

    public void Open() => _open.TrySetResult();
}
