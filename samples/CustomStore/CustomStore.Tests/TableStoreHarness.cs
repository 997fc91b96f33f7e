using Microsoft.Data.Sqlite;
using ServerSessions;
using ServerSessions.Conformance;

namespace CustomStore.Tests;

/// <summary>A database for each space, in one folder.</summary>
public sealed class TableStoreHarness : SessionStoreHarness
{
    private readonly string _folder = Directory.CreateTempSubdirectory("table-store-").FullName;
    private SqliteConnection? _other;

    public override IReadOnlyList<StoreFault> Faults => [StoreFault.Unavailable, StoreFault.Hang];

    // What cannot be tried here, with the reason. The verdict names it; without a reason the tool ends with an exit code of its own.
    public override IReadOnlyList<Waiver> NotTried =>
    [
        new("NFD-06", "Nothing but the store removes rows."),
        new("NFD-10", "A local file has no login."),
        new("ERR-04", "The payload is a blob: get returns any bytes as they are."),
        new("SEC-01", "The store writes no log lines."),
    ];

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(StoreFor(request));

    public override ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(StoreFor(request));

    public override ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(StoreFor(request));

    // Another program takes the database for itself, and gives it back.
    public override async ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        _other = new SqliteConnection(ConnectionStringFor(request));
        await _other.OpenAsync(cancellationToken);
        using var command = _other.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public override async ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await _other!.DisposeAsync();

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return base.DisposeAsync();
    }

    private TableStore StoreFor(StoreRequest request) => new(
        new TableStoreOptions
        {
            ConnectionString = ConnectionStringFor(request),
            DefaultLifetime = request.DefaultLifetime,
            OperationTimeout = TimeSpan.FromSeconds(request.WillBreak ? 1 : 30),
        },
        request.Clock);

    private string ConnectionStringFor(StoreRequest request) => $"Data Source={Path.Combine(_folder, request.Space)}.db;Pooling=False";
}
