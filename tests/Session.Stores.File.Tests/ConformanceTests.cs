using ServerSessions.Conformance;
using ServerSessions.Conformance.FirstParty;

namespace ServerSessions.Stores.File.Tests;

public sealed class ConformanceTests : FirstPartyConformance<FileHarness>
{
    internal const string Local =
        "The backend is a folder of the machine: a disk that is silent cannot be had without the rights of an administrator.";

    protected override IReadOnlyDictionary<string, string> LeftOut { get; } =
        new Dictionary<string, string> { ["Hang"] = Local };
}

/// <summary>A folder a space, in one folder.</summary>
public sealed class FileHarness : BackendHarness<FileSessionStore>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("session-file-kit-").FullName;

    public override IReadOnlyList<StoreFault> Faults => [StoreFault.Unavailable, StoreFault.ReadOnly, StoreFault.Denied];

    public override IReadOnlyList<Waiver> Waivers =>
        [new("ERR-03", "A folder that is gone is as a rule a wrong path, which no second attempt mends: the error is not transient.")];

    public override IReadOnlyList<Waiver> NotTried =>
        [new("CAN-05", ConformanceTests.Local), new("DSP-05", ConformanceTests.Local)];

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        if (request.WillBreak)
        {
            Directory.CreateDirectory(PathOf(request));
        }

        return ValueTask.FromResult<ISessionStore>(
            new FileSessionStore(
                new FileSessionStoreOptions
                {
                    Path = PathOf(request),

                    // As where the folder is mounted: one that is gone is not to be made again.
                    CreateFolder = !request.WillBreak,
                    DefaultLifetime = request.DefaultLifetime,
                    PruneInterval = request.PruneInterval(),
                    OperationTimeout = TimeSpan.FromSeconds(30),
                },
                request.Clock,
                Logger
            )
        );
    }

    /// <summary>The sids of the kit stand in file names as they are.</summary>
    public override async ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        await System.IO.File.WriteAllTextAsync(FileOf(request, sid), "{\"half\":", cancellationToken);
        return true;
    }

    public override ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        System.IO.File.Delete(FileOf(request, sid));
        return ValueTask.FromResult(true);
    }

    public override async ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(
        StoreRequest request,
        CancellationToken cancellationToken
    )
    {
        var entries = new List<string>();
        foreach (var file in Directory.EnumerateFiles(PathOf(request), "*.json"))
        {
            try
            {
                entries.Add($"{Path.GetFileName(file)} {await System.IO.File.ReadAllTextAsync(file, cancellationToken)}");
            }
            catch (FileNotFoundException)
            {
                // The store has pruned it meanwhile.
            }
        }

        return entries;
    }

    public override IReadOnlyCollection<string> FilesAtRest(StoreRequest request) =>
        [
            PathOf(request),
            .. Directory.GetFileSystemEntries(
                PathOf(request),
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
            ),
        ];

    /// <summary>
    /// The folder is not mounted, which is out of reach and denied, or a file stands in its place: nothing can be written, not even by an
    /// administrator.
    /// </summary>
    public override ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        Directory.Move(PathOf(request), PathOf(request) + ".away");
        if (fault == StoreFault.ReadOnly)
        {
            System.IO.File.WriteAllText(PathOf(request), "");
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        System.IO.File.Delete(PathOf(request));
        Directory.Move(PathOf(request) + ".away", PathOf(request));
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return base.DisposeAsync();
    }

    private string PathOf(StoreRequest request) => Path.Combine(_folder, request.Space);

    private string FileOf(StoreRequest request, string sid) => Path.Combine(PathOf(request), sid + ".json");
}
