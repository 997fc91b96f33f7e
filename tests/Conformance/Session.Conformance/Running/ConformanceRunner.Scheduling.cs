namespace ServerSessions.Conformance;

// In which order cases run, and on which stores.
public sealed partial class ConformanceRunner
{
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
        var store = await HarnessException.GuardAsync("CreateStoreAsync", () => Harness.CreateStoreAsync(request, Stopping));
        return (request, store ?? throw new HarnessException("The harness's CreateStoreAsync returned null."));
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
