namespace ServerSessions.Tests;

/// <summary>Holds the first reads until as many have read as are expected; later ones, when a request reads again to merge, pass.</summary>
internal sealed class Barrier(int expected) : IDisposable
{
    private readonly SemaphoreSlim _open = new(0);
    private int _arrived;

    public async Task WaitAsync()
    {
        var place = Interlocked.Increment(ref _arrived);
        if (place == expected)
        {
            _open.Release(expected);
        }

        if (place <= expected)
        {
            await _open.WaitAsync().WithinBoundAsync($"the last of {expected} at a barrier");
        }
    }

    public void Dispose() => _open.Dispose();
}
