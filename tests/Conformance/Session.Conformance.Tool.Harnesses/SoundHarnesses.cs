using ServerSessions.Stores.Memory;
using ServerSessions.Stores.Sqlite;

namespace ServerSessions.Conformance.Tool.Harnesses;

/// <summary>A store that conforms.</summary>
public sealed class SoundHarness : MemoryHarness;

/// <summary>A store with a package and a native library of its own.</summary>
public sealed class SqliteHarness : SessionStoreHarness
{
    private readonly string _folder = Directory.CreateTempSubdirectory("session-tool-").FullName;

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(
            new SqliteSessionStore(
                new SqliteSessionStoreOptions
                {
                    ConnectionString = PathOf(request),
                    DefaultLifetime = request.DefaultLifetime,
                    PruneInterval = Timeout.InfiniteTimeSpan,
                },
                request.Clock
            )
        );

    public override IReadOnlyList<Waiver> NotTried => MemoryHarness.NothingBeside;

    public override async ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        await CreateStoreAsync(request, cancellationToken);

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return base.DisposeAsync();
    }

    private string PathOf(StoreRequest request) => Path.Combine(_folder, request.Space + ".db");
}

/// <summary>What the other harnesses start from.</summary>
public abstract class MemoryHarness : SessionStoreHarness
{
    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore>(
            Wrap(
                new MemorySessionStore(
                    new MemorySessionStoreOptions { DefaultLifetime = request.DefaultLifetime, PruneInterval = TimeSpan.FromDays(1) },
                    request.Clock
                )
            )
        );

    public override IReadOnlyList<Waiver> NotTried => NothingBeside;

    /// <summary>What needs a backend beside the store, or a log.</summary>
    public static IReadOnlyList<Waiver> NothingBeside { get; } =
    [
        .. new[] { "NFD-06", "NFD-09", "NFD-10", "CAN-05", "ERR-04", "ERR-05", "ERR-09", "DSP-05", "SEC-01" }.Select(
            static id => new Waiver(id, "Nothing is beside the store.")
        ),
    ];

    protected virtual ISessionStore Wrap(MemorySessionStore store) => store;
}
