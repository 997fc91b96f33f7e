using System.Diagnostics;

namespace ServerSessions.Conformance;

/// <summary>
/// One run of a program on stores in empty spaces. The model is <see cref="SessionRules"/>: what a history may be when its calls come one
/// after the other, with failed and cancelled ones that may have an effect at any later time.
/// </summary>
internal sealed class ModelRun
{
    private readonly CaseContext _t;
    private readonly ModelProgram _program;
    private readonly StoreRequest _request;
    private readonly SessionHistory _history;
    private readonly SessionHistory _beside;
    private readonly ModelChecks _checks;
    private readonly Dictionary<(string Sid, bool Beside), (SessionRecord? First, SessionRecord? Last)> _seen = [];
    private readonly Dictionary<(string Sid, bool Beside), SessionRecord> _set = [];
    private readonly List<RecordingStore> _stores = [];
    private RecordingStore? _ownStore;
    private HistoryCaller? _own;
    private HistoryCaller? _peer;
    private HistoryCaller? _other;
    private int _count;

    private ModelRun(CaseContext t, ModelProgram program)
    {
        (_t, _program, _request) = (t, program, t.NewRequest(program.Breaks));
        _history = new SessionHistory(SessionHistoryOptions.Of(t.Harness, _request));
        _beside = new SessionHistory(SessionHistoryOptions.Of(t.Harness, _request));
        _checks = new ModelChecks(program, _history, _beside);
    }

    /// <summary>Runs it and judges what came of it.</summary>
    /// <returns>The rule that was broken; null if there is none.</returns>
    public static async Task<ModelFinding?> RunAsync(CaseContext t, ModelProgram program)
    {
        var run = new ModelRun(t, program);
        try
        {
            return await run.RunAsync();
        }
        finally
        {
            await run.DisposeAsync();
        }
    }

    private async Task<ModelFinding?> RunAsync()
    {
        foreach (var step in _program.Steps.Concat(Ending()))
        {
            _count++;
            try
            {
                await StepAsync(step);
            }
            catch (Exception error) when (error is not (HarnessException or NotOfferedException or StoreThrewException))
            {
                _t.Saw(error);
                return ModelChecks.Threw(step, error);
            }

            if (_checks.Finding is { } finding)
            {
                return finding;
            }
        }

        return _checks.Judge();
    }

    /// <summary>A look at every session at last.</summary>
    private IEnumerable<ModelStep> Ending() =>
        from place in new[] { ModelPlace.Own, ModelPlace.Beside }
        where place == ModelPlace.Own || _program.Steps.Any(static step => step.Place == ModelPlace.Beside)
        from session in Enumerable.Range(0, ModelProgram.Sessions)
        where _program.Steps.Any(step => step.Session == session)
        select new ModelStep(ModelAct.Get, session, place, 0, 0);

    private async Task StepAsync(ModelStep step)
    {
        var caller = await CallerAsync(step.Place);
        var sid = _program.Sids[step.Session];
        switch (step.Act)
        {
            case ModelAct.Get:
                See(step, await caller.GetAsync(sid));
                break;
            case ModelAct.Set:
                await caller.SetAsync(sid, NextRecord(step));
                break;
            case ModelAct.Destroy:
                await caller.DestroyAsync(sid);
                break;
            case ModelAct.Touch:
                await caller.TouchAsync(sid, TouchRecord(step));
                break;
            case ModelAct.GetAndTouch:
                See(step, (await caller.GetAndTouchAsync(sid, NextPlan(step))).Record);
                break;
            case ModelAct.TrySet:
                var expected = ExpectedOf(step);
                await caller.TrySetAsync(sid, NextRecord(step), expected);
                break;
            case ModelAct.List:
                await ListAsync(caller, step);
                break;
            case ModelAct.Length:
                var length = await ((IEnumerableSessionStore)caller.Store).LengthAsync();
                _checks.Length(step, length);
                break;
            case ModelAct.Clear:
                await caller.ClearAsync();
                break;
            case ModelAct.Prune:
                var removed = await ((IPrunableSessionStore)caller.Store).PruneAsync(ModelLives.Batch(step.Shape));
                _checks.Prune(step, removed, ModelLives.Batch(step.Shape));
                break;
            case ModelAct.Cancel:
                await CancelAsync(caller, step);
                break;
            case ModelAct.Reopen:
                await ReopenAsync();
                break;
            case ModelAct.Pass:
                await _t.Time.AdvanceAsync(ModelLives.Passing(step.Life), CancellationToken.None);
                break;
            case ModelAct.StepBack:
                // What has expired by now may be gone for good.
                _history.Moment();
                _beside.Moment();
                ((ManualClock)_t.Time.Clock).StepBack(TimeSpan.FromMinutes(5));
                break;
            default:
                await OutageAsync(caller, step);
                break;
        }
    }

    private async Task ListAsync(HistoryCaller caller, ModelStep step)
    {
        var wrote = step.Shape % 3 == 0;
        var entries = await caller.ListAsync(async _ =>
        {
            if (!wrote)
            {
                wrote = true;
                await StepAsync(step with { Act = step.Shape % 3 == 1 ? ModelAct.Set : ModelAct.Destroy, Shape = 0 });
            }
        });
        _checks.List(step, entries);
    }

    private async Task CancelAsync(HistoryCaller caller, ModelStep step)
    {
        using var cancelling = new CancellationTokenSource();
        var before = step.Shape % 2 == 0;
        if (before)
        {
            await cancelling.CancelAsync();
        }

        try
        {
            var call = caller.SetAsync(_program.Sids[step.Session], NextRecord(step with { Shape = 0 }), cancelling.Token);
            await cancelling.CancelAsync();
            await call;
        }
        catch (OperationCanceledException)
        {
            // Its outcome is unknown.
        }
    }

    private async Task OutageAsync(HistoryCaller caller, ModelStep step)
    {
        await _t.BreakAsync(_request);
        try
        {
            await StepAsync(
                step with
                {
                    Act = (step.Shape % 5) switch
                    {
                        1 when caller.Store is ITouchableSessionStore => ModelAct.Touch,
                        2 => ModelAct.Destroy,
                        3 => ModelAct.Get,
                        4 when caller.Store is IEnumerableSessionStore => ModelAct.Clear,
                        _ => ModelAct.Set,
                    },
                    Shape = 0,
                }
            );
        }
        catch (SessionStoreException)
        {
            // The outcome of a write is unknown, and a read says nothing.
        }
        finally
        {
            await _t.MendAsync(_request);
        }

        foreach (var one in new[] { _own, _peer }.OfType<HistoryCaller>())
        {
            await UntilItWorksAsync(one.Store);
        }
    }

    private async Task UntilItWorksAsync(ISessionStore store)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await store.DestroyAsync("nothing is stored here");
                return;
            }
            catch (SessionStoreException) when (Stopwatch.GetElapsedTime(started) < _t.Settings.Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    private async Task<HistoryCaller> CallerAsync(ModelPlace place) =>
        place switch
        {
            ModelPlace.Peer => _peer ??= _history.Caller(Keep(await _t.PeerAsync(await OwnRequestAsync())).Raw, "peer"),
            ModelPlace.Beside => _other ??= _beside.Caller(Keep(await _t.NextToAsync(_request)).Raw, "beside"),
            _ => await OwnAsync(),
        };

    private async Task<HistoryCaller> OwnAsync() => _own ?? Own(await _t.CreateStoreAsync(_request, ""), "own");

    private HistoryCaller Own(RecordingStore store, string name)
    {
        _ownStore = Keep(store);
        return _own = _history.Caller(store.Raw, name);
    }

    /// <summary>A peer is made for a store that is there.</summary>
    private async Task<StoreRequest> OwnRequestAsync()
    {
        await OwnAsync();
        return _request;
    }

    private async Task ReopenAsync()
    {
        await OwnAsync();
        await _ownStore!.DisposeAsync();
        Own(await _t.ReopenAsync(_request), "reopened");
    }

    private RecordingStore Keep(RecordingStore store)
    {
        _stores.Add(store);
        return store;
    }

    private async Task DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await _t.ForgetAsync(store);
        }
    }

    private SessionRecord NextRecord(ModelStep step)
    {
        var key = Key(step);
        var record = ModelContents.NewRecord(_t, step.Shape, _count, ModelLives.Of(step.Life), _set.GetValueOrDefault(key));
        _set[key] = record;
        return record;
    }

    private SessionRecord TouchRecord(ModelStep step) => _t.Record(ModelLives.Of(step.Life), "of a touch");

    private SessionTouchPlan NextPlan(ModelStep step) =>
        new()
        {
            Expires = ModelLives.Of(step.Life) is { } life ? _t.Now + life : null,
            Prefix = step.Shape % 3 == 2 ? "{\"no session begins so"u8.ToArray() : default,
        };

    private SessionRecord? ExpectedOf(ModelStep step) =>
        (step.Shape % 3) switch
        {
            0 => _seen.GetValueOrDefault(Key(step)).Last,
            1 => null,
            _ => _seen.GetValueOrDefault(Key(step)).First,
        };

    private void See(ModelStep step, SessionRecord? record)
    {
        if (record is not null)
        {
            var key = Key(step);
            _seen[key] = (_seen.GetValueOrDefault(key).First ?? record, record);
        }
    }

    private (string, bool) Key(ModelStep step) => (_program.Sids[step.Session], step.Place == ModelPlace.Beside);
}
