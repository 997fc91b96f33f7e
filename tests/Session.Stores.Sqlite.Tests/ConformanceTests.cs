using Microsoft.Data.Sqlite;
using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;

namespace ServerSessions.Stores.Sqlite.Tests;

public sealed class ConformanceTests : FirstPartyConformance<SqliteHarness>
{
    internal const string Local =
        "The backend is a local file: reads of the write-ahead log wait for no writer, and the file cannot go away while it is open.";

    internal const string Open =
        "A file that is open stays open, and the store opens no other while it runs. What is refused when it is opened has "
        + "tests of its own.";

    protected override IReadOnlyDictionary<string, string> LeftOut { get; } =
        new Dictionary<string, string>
        {
            ["Unavailable"] = Local,
            ["Hang"] = Local,
            ["Denied"] = Open,
        };
}

/// <summary>A file a space, in one folder.</summary>
public sealed class SqliteHarness : BackendHarness<SqliteSessionStore>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("session-sqlite-kit-").FullName;

    public override string Backend => $"SQLite {Scalar(":memory:", "SELECT sqlite_version()")}";

    public override IReadOnlyList<StoreFault> Faults => [StoreFault.ReadOnly];

    public override IReadOnlyList<Waiver> NotTried =>
        [
            .. new[] { "NFD-09", "CAN-05", "ERR-09", "DSP-05" }.Select(static id => new Waiver(id, ConformanceTests.Local)),
            new("NFD-10", ConformanceTests.Open),
        ];

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(
            new SqliteSessionStore(
                new SqliteSessionStoreOptions
                {
                    ConnectionString = PathOf(request),
                    DefaultLifetime = request.DefaultLifetime,
                    PruneInterval = request.PruneInterval(),
                    OperationTimeout = TimeSpan.FromSeconds(30),
                },
                request.Clock,
                Logger
            )
        );

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

    public override ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        using var connection = Open(PathOf(request));
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sid || ' ' || sess FROM sessions";
        using var reader = command.ExecuteReader();
        var entries = new List<string>();
        while (reader.Read())
        {
            entries.Add(reader.GetString(0));
        }

        return ValueTask.FromResult<IReadOnlyCollection<string>?>(entries);
    }

    public override IReadOnlyCollection<string> FilesAtRest(StoreRequest request) => Directory.GetFiles(_folder, request.Space + ".db*");

    /// <summary>The database itself refuses, as it does where a quota or a rule of its owner is broken.</summary>
    public override ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        Scalar(PathOf(request), "CREATE TRIGGER no_more BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'no more'); END");
        return ValueTask.CompletedTask;
    }

    public override ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        Scalar(PathOf(request), "DROP TRIGGER no_more");
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return base.DisposeAsync();
    }

    private string PathOf(StoreRequest request) => Path.Combine(_folder, request.Space + ".db");

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    private static object? Scalar(string file, string sql, string? sid = null)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (sid is not null)
        {
            command.Parameters.AddWithValue("$sid", sid);
        }

        return command.ExecuteScalar();
    }
}
