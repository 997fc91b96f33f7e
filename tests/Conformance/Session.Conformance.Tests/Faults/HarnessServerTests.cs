namespace ServerSessions.Conformance.Tests.Faults;

/// <summary>A server that harnesses share.</summary>
public sealed class HarnessServerTests
{
    private static readonly ServerAddress Address = new("localhost", 6379);

    private readonly Started _started = new();

    [Fact]
    public async Task It_starts_once_for_all_that_ask_at_once_and_later()
    {
        var may = new TaskCompletionSource();
        var starts = 0;
        await using var server = new HarnessServer(async _ =>
        {
            starts++;
            await may.Task;
            return (Address, _started);
        });

        var asked = Enumerable.Range(0, 5).Select(_ => server.StartAsync().AsTask()).ToArray();
        may.SetResult();

        Assert.All(await Task.WhenAll(asked), static address => Assert.Same(Address, address));
        Assert.Same(Address, await server.StartAsync());
        Assert.Equal(1, starts);
        Assert.Equal("localhost:6379", Address.ToString());
    }

    [Fact]
    public async Task A_start_that_fails_is_tried_again()
    {
        var starts = 0;
        await using var server = new HarnessServer(_ =>
            ++starts == 1 ? throw new InvalidOperationException("There is no engine.") : Running()
        );

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.StartAsync());
        Assert.Same(Address, await server.StartAsync());
    }

    [Fact]
    public async Task A_cancelled_wait_ends_the_start()
    {
        using var ending = new CancellationTokenSource();
        await using var server = new HarnessServer(async cancellationToken =>
        {
            await ending.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return (Address, _started);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await server.StartAsync(ending.Token));
    }

    [Fact]
    public async Task Disposal_stops_what_was_started_once()
    {
        var server = new HarnessServer(_ => Running());
        await server.StartAsync();

        await server.DisposeAsync();
        await server.DisposeAsync();

        Assert.Equal(1, _started.Disposals);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await server.StartAsync());
    }

    [Fact]
    public async Task What_was_not_started_is_not_stopped()
    {
        await new HarnessServer(_ => Running()).DisposeAsync();

        Assert.Equal(0, _started.Disposals);
    }

    private Task<(ServerAddress, IAsyncDisposable)> Running() => Task.FromResult<(ServerAddress, IAsyncDisposable)>((Address, _started));

    private sealed class Started : IAsyncDisposable
    {
        public int Disposals { get; private set; }

        public ValueTask DisposeAsync()
        {
            Disposals++;
            return ValueTask.CompletedTask;
        }
    }
}
