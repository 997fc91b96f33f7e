using Microsoft.AspNetCore.Http;

namespace ServerSessions.Blazor.Tests.Support;

/// <summary>What a page does after the first bytes of its response were sent.</summary>
public sealed class StreamedWork
{
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<IServerSessionAccessor, HttpContext, Task<string>> RunAsync { get; set; } = static (_, _) => Task.FromResult("done");

    /// <summary>Called by the client once it has the first bytes.</summary>
    public void OnFirstBytes() => _received.TrySetResult();

    public async Task UntilTheFirstByteIsSentAsync(HttpResponse response)
    {
        await _received.Task.WithinBoundAsync("the first bytes at the client");
        Assert.True(response.HasStarted);
    }
}
