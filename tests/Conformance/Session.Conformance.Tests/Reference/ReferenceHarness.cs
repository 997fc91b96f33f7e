namespace ServerSessions.Conformance.Tests.Reference;

/// <summary>A harness with every ability, for stores made of a <see cref="Setup"/>.</summary>
internal class ReferenceHarness(
    Func<Setup, ISessionStore>? make = null,
    HarnessSettings? settings = null,
    StoreTime time = StoreTime.Virtual,
    UnixFileMode fileMode = ReferenceHarness.OwnerOnly
) : SessionStoreHarness
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public override string Name => "Reference";

    public override StoreTime Time => time;

    public override HarnessSettings Settings { get; } = settings ?? DefaultSettings;

    /// <summary>A limit that no busy machine reaches: many runs go on at the same time here.</summary>
    public static HarnessSettings DefaultSettings { get; } =
        new()
        {
            MaxPayloadBytes = ReferenceStore.MaxPayload,
            CaseTimeLimit = TimeSpan.FromMinutes(10),
            PruneInterval = TimeSpan.FromMinutes(1),
        };

    public override IReadOnlyList<StoreFault> Faults => [StoreFault.Unavailable, StoreFault.Hang, StoreFault.Denied, StoreFault.ReadOnly];

    protected Server Server { get; } = new();

    public override ValueTask<ISessionStore> CreateStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Make(request));

    public override ValueTask<ISessionStore?> ReopenStoreAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(Make(request));

    public override ValueTask<ISessionStore?> CreatePeerAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISessionStore?>(Make(request));

    public override ValueTask<bool> PlantDamageAsync(StoreRequest request, string sid, CancellationToken cancellationToken)
    {
        var rows = Server.Space(request.Space).Rows;
        if (!rows.TryGetValue(sid, out var row))
        {
            return ValueTask.FromResult(false);
        }

        rows[sid] = row with { Damaged = true };
        return ValueTask.FromResult(true);
    }

    public override ValueTask<bool> RemoveEntryAsync(StoreRequest request, string sid, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Server.Space(request.Space).Rows.TryRemove(sid, out _));

    public override ValueTask<IReadOnlyCollection<string>?> EntriesAtRestAsync(StoreRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyCollection<string>?>([
            .. Server
                .Space(request.Space)
                .Rows.Select(static entry => $"{entry.Key} {System.Text.Encoding.UTF8.GetString(entry.Value.Payload)}"),
        ]);

    /// <summary>A file that stands for those of a store that has some.</summary>
    public override IReadOnlyCollection<string>? FilesAtRest(StoreRequest request)
    {
        File.WriteAllText(_file, "");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_file, fileMode);
        }

        return [_file];
    }

    public override ValueTask DisposeAsync()
    {
        File.Delete(_file);
        return base.DisposeAsync();
    }

    public override ValueTask BreakAsync(StoreRequest request, StoreFault fault, CancellationToken cancellationToken)
    {
        Server.Space(request.Space).Break(fault);
        return ValueTask.CompletedTask;
    }

    public override ValueTask MendAsync(StoreRequest request, CancellationToken cancellationToken)
    {
        Server.Space(request.Space).Mend();
        return ValueTask.CompletedTask;
    }

    public override IReadOnlyCollection<string> LoggedLines() => Server.Log;

    protected virtual ISessionStore Make(StoreRequest request)
    {
        var setup = new Setup(request, Server.Space(request.Space)) { MaxPayload = Settings.MaxPayloadBytes ?? ReferenceStore.MaxPayload };
        return make is null ? new ReferenceStore(setup) : make(setup);
    }
}
