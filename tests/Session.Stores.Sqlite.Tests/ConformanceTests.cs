using Microsoft.Extensions.Logging;
using Session.Conformance;
using Session.Conformance.Xunit;

namespace Session.Stores.Sqlite.Tests;

public sealed class ConformanceTests : SessionStoreConformance<SqliteHarness>;

/// <summary>A file a space, in one folder.</summary>
public sealed class SqliteHarness : SessionStoreHarness
{
    private readonly string _folder = Directory.CreateTempSubdirectory("session-sqlite-kit-").FullName;
    private readonly CollectingLogger _logger = new();

    public override string Backend => $"SQLite {Scalar(":memory:", "SELECT sqlite_version()")}";

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(new SqliteSessionStore(
            new SqliteSessionStoreOptions
            {
                ConnectionString = PathOf(request),
                DefaultLifetime = request.DefaultLifetime,
                PruneInterval = Timeout.InfiniteTimeSpan,
                BusyTimeout = TimeSpan.FromSeconds(30),
            },
            request.Clock,
            _logger));

    public override async ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    public override async ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    public override ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        Scalar(PathOf(request), "UPDATE sessions SET sess = 42 WHERE sid = $sid", sid);
        return ValueTask.FromResult(true);
    }

    public override ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        Scalar(PathOf(request), "DELETE FROM sessions WHERE sid = $sid", sid);
        return ValueTask.FromResult(true);
    }

    public override IReadOnlyCollection<string> LoggedLines() => _logger.Lines;

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return base.DisposeAsync();
    }

    private string PathOf(StoreRequest request) => Path.Combine(_folder, request.Space + ".db");

    private static object? Scalar(string file, string sql, string? sid = null)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (sid is not null)
        {
            command.Parameters.AddWithValue("$sid", sid);
        }

        return command.ExecuteScalar();
    }

    private sealed class CollectingLogger : ILogger<SqliteSessionStore>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
