namespace ServerSessions.Conformance;

/// <summary>
/// Runs cases against the stores of one harness. An exception of a store or harness becomes a result; the runner does not throw it. Each
/// case has its own ids. Cases run one after the other, except that <see cref="RunAsync"/> runs independent ones at the same time, and
/// that with <see cref="StoreTime.Real"/> the cases that wait run together.
/// </summary>
/// <remarks>Safe for concurrent use. Disposing ends the shared store and disposes the harness.</remarks>
public sealed partial class ConformanceRunner : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _harnessTurn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CaseExecution _execution;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<CaseResult>> _waiting = new(StringComparer.Ordinal);
    private Task<PreflightVerdict>? _preflight;
    private Task<(StoreRequest Request, ISessionStore Store)>? _shared;
    private int _spaces;
    private volatile bool _overlaps;
    private bool _disposed;

    /// <summary>Initializes a new instance of <see cref="ConformanceRunner"/>. Calls nothing of the harness.</summary>
    /// <param name="harness">The harness, which the runner disposes.</param>
    /// <param name="options">What to run; <see langword="null"/>: all cases.</param>
    public ConformanceRunner(SessionStoreHarness harness, ConformanceRunOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(harness);
        Harness = harness;
        Options = options ?? new ConformanceRunOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.AtOnce, 1);
        Time = new CaseTime(harness);
        _execution = new CaseExecution(this);
        Cases = [.. ConformanceCatalogue.Cases.Where(Options.Selects)];
    }

    /// <summary>The cases that are selected.</summary>
    public IReadOnlyList<ConformanceCase> Cases { get; }

    /// <summary>The seed of this run.</summary>
    public int Seed => Options.Seed;

    internal SessionStoreHarness Harness { get; }

    internal ConformanceRunOptions Options { get; }

    internal CaseTime Time { get; }

    internal LeakLog Leaks { get; } = new();

    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Runs all selected cases. Those that can run at the same time are the first.</summary>
    /// <param name="progress">Receives each result when its case has ended; may be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The report.</returns>
    public async Task<ConformanceReport> RunAsync(IProgress<CaseResult>? progress = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var results = new Dictionary<string, CaseResult>(StringComparer.Ordinal);
        var together = await StartTogetherAsync(cancellationToken);
        foreach (
            var item in Cases.OrderBy(item =>
                item.Level == CaseLevel.Preflight ? 0
                : together.ContainsKey(item.Id) ? 1
                : 2
            )
        )
        {
            var result = together.TryGetValue(item.Id, out var started)
                ? await started.WaitAsync(cancellationToken)
                : await RunCaseAsync(item, cancellationToken);
            results.Add(item.Id, result);
            progress?.Report(result);
        }

        return await ReportAsync(Cases.Select(item => results[item.Id]), cancellationToken);
    }

    /// <summary>Returns a report of results that <see cref="RunCaseAsync"/> returned.</summary>
    /// <param name="results">Results of this runner, in the order of the catalogue.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The report, with the waivers that name no case.</returns>
    public async Task<ConformanceReport> ReportAsync(IEnumerable<CaseResult> results, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(results);
        return new ConformanceReport(Harness, [.. results, .. StaleWaivers()], Options, await UnavailableAsync(cancellationToken));
    }

    /// <summary>Runs one case; the preflight runs before the first.</summary>
    /// <param name="item">The case.</param>
    /// <param name="cancellationToken">Ends the wait; the case itself continues to its end.</param>
    /// <returns>The result.</returns>
    public async Task<CaseResult> RunCaseAsync(ConformanceCase item, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var preflight = await PreflightAsync().WaitAsync(cancellationToken);
        if (preflight.Results.TryGetValue(item.Id, out var known))
        {
            return known;
        }

        if (preflight.Refusal(item) is { } refused)
        {
            return refused;
        }

        return await Start(item).WaitAsync(cancellationToken);
    }

    /// <summary>Returns why no case can run here.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The reason of the harness; <see langword="null"/> if cases can run.</returns>
    public async Task<string?> UnavailableAsync(CancellationToken cancellationToken = default) =>
        (await PreflightAsync().WaitAsync(cancellationToken)).Unavailable;

    /// <summary>Explains a result as <see cref="ConformanceReport.Explain"/> does, before the run has ended.</summary>
    /// <param name="result">A result of this runner.</param>
    /// <returns>Several lines.</returns>
    public string Explain(CaseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new ConformanceReport(Harness, [result], Options, unavailable: null).Explain(result);
    }

    /// <summary>Returns results for waivers that name no case.</summary>
    /// <returns>One <see cref="CaseOutcome.WaiverStale"/> for each.</returns>
    public IReadOnlyList<CaseResult> StaleWaivers() =>
        [
            .. Harness
                .Waivers.Concat(Harness.NotTried)
                .Where(static waiver => ConformanceCatalogue.Find(waiver.CaseId) is null)
                .Select(static waiver => new CaseResult
                {
                    Case = new ConformanceCase(
                        waiver.CaseId,
                        CaseLevel.Required,
                        "A waiver names a case.",
                        "",
                        [],
                        CaseNeeds.None,
                        static _ => Task.CompletedTask
                    ),
                    Outcome = CaseOutcome.WaiverStale,
                    Message = $"The harness waives {waiver.CaseId}, which is no case. Remove the waiver.",
                }),
        ];

    /// <summary>Disposes the shared store and the harness. Idempotent.</summary>
    /// <returns>A task that completes once both are disposed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stopping.CancelAsync();
        if (_shared is { IsCompletedSuccessfully: true } shared)
        {
            await DisposeQuietlyAsync((await shared).Store);
        }

        await Harness.DisposeAsync();
        _turn.Dispose();
        _harnessTurn.Dispose();
        _stopping.Dispose();
    }

    internal static async Task DisposeQuietlyAsync(ISessionStore store)
    {
        try
        {
            await (
                store is IAsyncDisposable disposable
                    ? disposable.DisposeAsync().AsTask()
                    : Task.Run(() => (store as IDisposable)?.Dispose())
            ).WaitAsync(TimeSpan.FromSeconds(5));
        }
#pragma warning disable CA1031 // How a store disposes is judged by the DSP cases; here the run is over.
        catch (Exception)
#pragma warning restore CA1031
        { }
    }
}
