using System.Diagnostics;

namespace ServerSessions.Conformance;

// How long random searches go on, and what they draw from.
internal sealed partial class CaseContext
{
    // A run is waited for: what takes longer is what ConformanceRunOptions.SearchTime is for.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>The seed of the run.</summary>
    public int Seed => runner.Seed;

    /// <summary>Whether one more round is tried: a few always, the usual number if there is time, and more if a run asks for it.</summary>
    public bool GoesOn(int done, int usual)
    {
        var longer = runner.Options.SearchTime;
        var elapsed = Stopwatch.GetElapsedTime(_started);
        return longer > TimeSpan.Zero ? elapsed < longer : done < usual && (done < usual / 3 || elapsed < Usual);
    }

    /// <summary>The sequence of one round: that of the first round of a run whose seed is higher by the number.</summary>
    public Random RandomOf(int round) => new(StableHash(item.Id, runner.Seed + round));

    /// <summary>Another store, in a space whose name begins as that of a request.</summary>
    public Task<RecordingStore> NextToAsync(StoreRequest request) =>
        CreateStoreAsync(
            new StoreRequest(request.Space + "b", request.Clock, request.DefaultLifetime, request.WillBreak, request.PrunesItself),
            "store beside: "
        );

    /// <summary>A store over the data of an earlier one, which was disposed.</summary>
    public async Task<RecordingStore> ReopenAsync(StoreRequest request)
    {
        var store = await runner.CallHarnessAsync("ReopenStoreAsync", () => Harness.ReopenStoreAsync(request, runner.Stopping));
        return Keep(store ?? throw new NotOfferedException("The harness does not override ReopenStoreAsync."), "reopened: ");
    }

    /// <summary>Makes the backend of a request unreachable.</summary>
    public async Task BreakAsync(StoreRequest request) =>
        await runner.CallHarnessAsync("BreakAsync", () => Harness.BreakAsync(request, StoreFault.Unavailable, runner.Stopping));

    /// <summary>Ends that.</summary>
    public async Task MendAsync(StoreRequest request) =>
        await runner.CallHarnessAsync("MendAsync", () => Harness.MendAsync(request, runner.Stopping));

    /// <summary>Disposes a store before the case ends: a search makes many.</summary>
    public async Task ForgetAsync(RecordingStore store)
    {
        _stores.Remove(store);
        await ConformanceRunner.DisposeQuietlyAsync(store.Raw);
    }

    /// <summary>A request for a space of its own.</summary>
    public StoreRequest NewRequest(bool willBreak) => runner.NewRequest(willBreak);
}
