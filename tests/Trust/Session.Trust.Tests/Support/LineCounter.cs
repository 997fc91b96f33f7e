using Microsoft.Extensions.Logging;

namespace ServerSessions.Trust.Tests.Support;

/// <summary>Counts the lines that the tested code logs, at any level.</summary>
internal sealed class LineCounter : ILoggerProvider
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public ILogger CreateLogger(string categoryName) =>
        new Counter(categoryName.StartsWith("ServerSessions", StringComparison.Ordinal) ? this : null);

    public void Dispose() { }

    private sealed class Counter(LineCounter? lines) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => lines is not null;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (lines is not null)
            {
                Interlocked.Increment(ref lines._count);
            }
        }
    }
}
