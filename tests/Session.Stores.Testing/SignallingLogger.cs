using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Testing;

/// <summary>Keeps what is logged and lets a test wait for an event rather than for time to pass.</summary>
public sealed class SignallingLogger<TStore> : ILogger<TStore>
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _signals = new();

    public ConcurrentQueue<string> Messages { get; } = new();

    /// <summary>The name of an event that it fails to log.</summary>
    public string? FailsAt { get; init; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        Messages.Enqueue($"{eventId.Name}: {formatter(state, exception)} {exception}");
        Signal(eventId.Name!).Release();
        if (eventId.Name == FailsAt)
        {
            throw new IOException("The log is full.");
        }
    }

    /// <summary>Waits for one more event of that name; fails after a minute.</summary>
    public async Task EventAsync(string name) =>
        Assert.True(
            await Signal(name).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken),
            $"No event {name} was logged."
        );

    public int Count(string name) => Messages.Count(message => message.StartsWith(name + ":", StringComparison.Ordinal));

    private SemaphoreSlim Signal(string name) => _signals.GetOrAdd(name, static _ => new SemaphoreSlim(0));
}
