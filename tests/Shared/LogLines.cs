using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ServerSessions.Testing;

/// <summary>What an application has logged, at all levels.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IEnumerable<LogLine> Lines => _lines;

    /// <summary>Every line, formatted, exceptions included.</summary>
    public string Text => string.Join('\n', _lines.Select(static line => line.Text));

    /// <summary>The names of the events of warnings and errors.</summary>
    public IEnumerable<string> Warnings => Loud.Select(static line => line.Event.Name ?? "");

    /// <summary>The exceptions among the warnings and errors.</summary>
    public IEnumerable<Exception> Exceptions => Loud.Select(static line => line.Exception).OfType<Exception>();

    private IEnumerable<LogLine> Loud => _lines.Where(static line => line.Level >= LogLevel.Warning);

    /// <summary>How often an event was logged.</summary>
    public int Count(string eventName) => _lines.Count(line => line.Event.Name == eventName);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose() { }

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            lines.Enqueue(
                new LogLine(category, logLevel, eventId, formatter(state, exception), exception)
                {
                    Fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
                }
            );
    }
}

/// <summary>A line that was logged.</summary>
internal readonly record struct LogLine(string Category, LogLevel Level, EventId Event, string Message, Exception? Exception)
{
    /// <summary>The message and the exception.</summary>
    public string Text => Message + Exception;

    /// <summary>The fields, as a structured log gets them, the template last.</summary>
    public required IReadOnlyList<KeyValuePair<string, object?>> Fields { get; init; }
}
