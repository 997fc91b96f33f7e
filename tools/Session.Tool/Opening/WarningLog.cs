using Microsoft.Extensions.Logging;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Opening;

/// <summary>Shows the warnings of a store on stderr. A lost connection is not one: the command that meets it says so.</summary>
internal sealed class WarningLog(Report report) : ILoggerProvider, ILogger
{
    // StoreLog.Disconnected.
    private const int Disconnected = 5;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel) && eventId.Id != Disconnected)
        {
            report.Warning(formatter(state, exception));
        }
    }

    public void Dispose() { }
}
