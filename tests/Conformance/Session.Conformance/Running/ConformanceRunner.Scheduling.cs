namespace ServerSessions.Conformance;

// In which order cases run, and on which stores.
public sealed partial class ConformanceRunner
{
    // They move no clock and make no fault, except where a case says so; many of their calls are one after the other.
    private static readonly string[] Independent = ["GSD", "ISO", "IDS", "PAY", "SPC", "ENU", "PER"];

    private const CaseNeeds OfOne =
        CaseNeeds.Time
        | CaseNeeds.ExactTime
        | CaseNeeds.Outage
        | CaseNeeds.Hang
        | CaseNeeds.RefusedWrites
        | CaseNeeds.Denial
        | CaseNeeds.OwnPruning;

    /// <summary>Whether a case leaves clocks, faults and other cases' sessions alone, so that it can overlap others like it.</summary>
    internal static bool IsIndependent(ConformanceCase item) =>
        Array.IndexOf(Independent, item.Group) >= 0 && !item.IsStochastic && !item.MayBreak && (item.Needs & OfOne) == 0;

    /// <summary>Calls a member of the harness, one at a time while independent cases overlap.</summary>
    internal async ValueTask<T> CallHarnessAsync<T>(string member, Func<ValueTask<T>> call)
    {
        if (!_overlaps)
        {
            return await HarnessException.GuardAsync(member, call);
        }

        await _harnessTurn.WaitAsync(Stopping);
        try
        {
            return await HarnessException.GuardAsync(member, call);
        }
        finally
        {
            _harnessTurn.Release();
        }
    }

    internal ValueTask<bool> CallHarnessAsync(string member, Func<ValueTask> call) => CallHarnessAsync(member, async () =>
        {
            await call();
            return true;
        });

    internal StoreRequest NewRequest(bool willBreak = false, bool prunesItself = false)
    {
        // The seed and the process keep spaces of two runs on one server apart.
        var number = Interlocked.Increment(ref _spaces);
        var space = $"kit_{Environment.ProcessId:x}_{(uint)Environment.TickCount64 & 0xffffff:x}_{number}";
        return new StoreRequest(space, Time.Clock, CaseContext.Hour, willBreak, prunesItself);
    }

    /// <summary>The store that cases share which leave others alone.</summary>
    internal Task<(StoreRequest Request, ISessionStore Store)> SharedStoreAsync()
    {
        lock (_lock)
        {
            return _shared ??= CreateSharedAsync();
        }
    }

    private async Task<(StoreRequest Request, ISessionStore Store)> CreateSharedAsync()
    {
        var request = NewRequest();
        var store = await CallHarnessAsync("CreateStoreAsync", () => Harness.CreateStoreAsync(request, Stopping));
        return (request, store ?? throw new HarnessException("The harness's CreateStoreAsync returned null."));
    }

    /// <summary>Starts the independent cases, which hold the turn together until the last of them has ended.</summary>
    private async Task<Dictionary<string, Task<CaseResult>>> StartTogetherAsync(CancellationToken cancellationToken)
    {
        var preflight = await PreflightAsync().WaitAsync(cancellationToken);
        ConformanceCase[] items =
        [
            .. Cases.Where(item => IsIndependent(item) && preflight.Refusal(item) is null && !preflight.Results.ContainsKey(item.Id)),
        ];
        if (Options.AtOnce == 1 || items.Length < 2)
        {
            return new Dictionary<string, Task<CaseResult>>(StringComparer.Ordinal);
        }

        await _turn.WaitAsync(cancellationToken);
        _overlaps = true;
        var ends = items.ToDictionary(
            static item => item.Id,
            static _ => new TaskCompletionSource<CaseResult>(TaskCreationOptions.RunContinuationsAsynchronously),
            StringComparer.Ordinal
        );
        _ = Task.Run(() => RunTogetherAsync(items, ends), CancellationToken.None);
        return ends.ToDictionary(static end => end.Key, static end => end.Value.Task, StringComparer.Ordinal);
    }

    private async Task RunTogetherAsync(ConformanceCase[] items, Dictionary<string, TaskCompletionSource<CaseResult>> ends)
    {
        try
        {
            // Cases of a group on the shared store may use the same ids: they follow each other.
            await Parallel.ForEachAsync(
                items.GroupBy(static item => item.OwnStore ? item.Id : item.Group),
                new ParallelOptions { MaxDegreeOfParallelism = Options.AtOnce, CancellationToken = Stopping },
                async (lane, _) =>
                {
                    foreach (var item in lane)
                    {
                        Stopping.ThrowIfCancellationRequested();
                        var run = _execution.RunAsync(item);
                        await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        ends[item.Id].SetFromTask(run);
                    }
                }
            );
        }
        catch (OperationCanceledException)
        {
            // The runner was disposed, and its run has ended.
        }
        finally
        {
            _overlaps = false;
            foreach (var end in ends.Values)
            {
                end.TrySetCanceled(CancellationToken.None);
            }

            if (!_disposed)
            {
                _turn.Release();
            }
        }
    }

    private Task<CaseResult> Start(ConformanceCase item)
    {
        if (!WaitsTogether(item))
        {
            return InTurnAsync(item);
        }

        lock (_lock)
        {
            if (!_waiting.ContainsKey(item.Id))
            {
                // One wait for all of them.
                var together = Cases.Contains(item) ? Cases.Where(WaitsTogether) : [item];
                foreach (var one in together.Where(one => !_waiting.ContainsKey(one.Id)))
                {
                    _waiting.Add(one.Id, Task.Run(() => _execution.RunAsync(one)));
                }
            }

            return _waiting[item.Id];
        }
    }

    private bool WaitsTogether(ConformanceCase item) =>
        Time.Mode == StoreTime.Real && item.Needs.HasFlag(CaseNeeds.Time) && !item.IsStochastic;

    private async Task<CaseResult> InTurnAsync(ConformanceCase item)
    {
        await _turn.WaitAsync(Stopping);
        try
        {
            return await _execution.RunAsync(item);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task<PreflightVerdict> PreflightAsync()
    {
        lock (_lock)
        {
            return _preflight ??= Task.Run(() => PreflightVerdict.FindAsync(this, _execution));
        }
    }
}
