using Microsoft.Extensions.Logging;

namespace ServerSessions.Stores.Memory.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLogger : ILogger<MemorySessionStore>
{
    public List<(LogLevel Level, EventId Id, string Text)> Events { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => Events.Add((logLevel, eventId, formatter(state, exception)));
}
