using System.Threading.Channels;
using ServerSessions.Blazor.Tests.Shop;

namespace ServerSessions.Blazor.Tests.Support;

/// <summary>The pages that run in circuits of the application. A test works with them as an event handler does.</summary>
public sealed class Circuits
{
    private readonly Channel<Prerendered> _opened = Channel.CreateUnbounded<Prerendered>();
    private readonly Channel<Prerendered> _closed = Channel.CreateUnbounded<Prerendered>();

    /// <summary>What a page does first; the flag tells whether it runs in a circuit.</summary>
    public Func<IServerSessionAccessor, bool, Task>? BeforeRendering { get; set; }

    public void Add(Prerendered page) => _opened.Writer.TryWrite(page);

    public void Remove(Prerendered page) => _closed.Writer.TryWrite(page);

    public Task<Prerendered> NextOpenedAsync() => _opened.Reader.ReadAsync().AsTask().WithinBoundAsync("a page in a circuit");

    public Task<Prerendered> NextClosedAsync() => _closed.Reader.ReadAsync().AsTask().WithinBoundAsync("the end of a circuit");
}
