namespace ServerSessions.Conformance;

// The stores of a case, and how they end.
internal sealed partial class CaseContext
{
    public async Task UseSharedStoreAsync()
    {
        var (request, store) = await runner.SharedStoreAsync();
        _request = request;
        _store = new RecordingStore(store, this, "");
    }

    public async Task UseOwnStoreAsync()
    {
        _request = runner.NewRequest(
            item.MayBreak || (item.Needs & (CaseNeeds.Outage | CaseNeeds.Hang | CaseNeeds.RefusedWrites | CaseNeeds.Denial)) != 0,
            item.Needs.HasFlag(CaseNeeds.OwnPruning)
        );
        _store = await CreateStoreAsync(_request, "");
    }

    /// <summary>Another store in an empty space of its own.</summary>
    public Task<RecordingStore> NewStoreAsync() => CreateStoreAsync(runner.NewRequest(), "other store: ");

    public async Task<RecordingStore> CreateStoreAsync(StoreRequest request, string prefix)
    {
        var store = await runner.CallHarnessAsync("CreateStoreAsync", () => Harness.CreateStoreAsync(request, runner.Stopping));
        return Keep(store ?? throw new HarnessException("The harness's CreateStoreAsync returned null."), prefix);
    }

    /// <summary>A request for a new space.</summary>
    public StoreRequest NewRequest() => runner.NewRequest();

    /// <summary>Disposes the store of the case and opens another over its data.</summary>
    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        await OpenAgainAsync();
    }

    /// <summary>
    /// Opens a store over the data of the store of the case without disposing that, as after a killed process.
    /// </summary>
    public async Task OpenAgainAsync()
    {
        Transcript.Note("(a store is opened on what is there)");
        var store = await runner.CallHarnessAsync("ReopenStoreAsync", () => Harness.ReopenStoreAsync(Request, runner.Stopping));
        _store = Keep(store ?? throw new NotOfferedException("The harness does not override ReopenStoreAsync."), "reopened: ");
    }

    public async Task<RecordingStore> PeerAsync(StoreRequest? request = null)
    {
        var store = await runner.CallHarnessAsync("CreatePeerAsync", () =>
            Harness.CreatePeerAsync(request ?? Request, runner.Stopping)
        );
        return Keep(store ?? throw new NotOfferedException("The harness does not override CreatePeerAsync."), "peer: ");
    }

    public Task BreakAsync(StoreFault fault)
    {
        ThrowIfIndependent();
        Transcript.Note($"(the backend: {fault})");
        return runner.CallHarnessAsync("BreakAsync", () => Harness.BreakAsync(Request, fault, runner.Stopping)).AsTask();
    }

    public Task MendAsync()
    {
        Transcript.Note("(the backend is mended)");
        return runner.CallHarnessAsync("MendAsync", () => Harness.MendAsync(Request, runner.Stopping)).AsTask();
    }

    public async Task PlantDamageAsync(string sid)
    {
        Transcript.Note($"(damage is planted in {Transcript.NameOf(sid)})");
        if (!await runner.CallHarnessAsync("PlantDamageAsync", () => Harness.PlantDamageAsync(Request, sid, runner.Stopping)))
        {
            throw new NotOfferedException("The harness does not override PlantDamageAsync.");
        }
    }

    public async Task RemoveEntryAsync(string sid)
    {
        Transcript.Note($"(the entry of {Transcript.NameOf(sid)} is removed behind the store's back)");
        if (!await runner.CallHarnessAsync("RemoveEntryAsync", () => Harness.RemoveEntryAsync(Request, sid, runner.Stopping)))
        {
            throw new NotOfferedException("The harness does not override RemoveEntryAsync.");
        }
    }

    /// <summary>What is at rest.</summary>
    public async Task<IReadOnlyCollection<string>> EntriesAtRestAsync() =>
        await FindEntriesAtRestAsync() ?? throw new NotOfferedException("The harness does not override EntriesAtRestAsync.");

    /// <summary>What is at rest; null if the harness cannot read it.</summary>
    public ValueTask<IReadOnlyCollection<string>?> FindEntriesAtRestAsync() =>
        runner.CallHarnessAsync("EntriesAtRestAsync", () => Harness.EntriesAtRestAsync(Request, runner.Stopping));

    /// <summary>Disposes what the case has made. How a store disposes is judged by cases of its own.</summary>
    public async Task DisposeStoresAsync()
    {
        foreach (var store in _stores)
        {
            try
            {
                await store.DisposeAsync().WaitAsync(TimeSpan.FromSeconds(5));
            }
            catch (Exception error) when (error is StoreThrewException or TimeoutException)
            {
                Transcript.Note("(disposing failed)");
            }
        }
    }

    private RecordingStore Keep(ISessionStore store, string prefix)
    {
        var recording = new RecordingStore(store, this, prefix);
        _stores.Add(recording);
        return recording;
    }
}
