using ServerSessions.Stores;
using ServerSessions.Tool.Output;

namespace ServerSessions.Tool.Checks;

/// <summary>Creates, changes, touches and ends a session of its own: rights, compare-and-set and expiry in one go.</summary>
internal sealed class WriteProbe(ISessionStore store, TimeProvider timeProvider)
{
    // Formats of whole seconds round up, and a time to live is read as what is left.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    private readonly string _sid = ProbeSession.NewSid();

    public async Task<IReadOnlyList<StoreCheck>> RunAsync(CancellationToken cancellationToken)
    {
        var checks = new List<StoreCheck>();
        try
        {
            var expires = timeProvider.GetUtcNow() + ProbeSession.Life;
            var first = ProbeSession.Record(1, expires);
            await store.SetAsync(_sid, first, cancellationToken);
            var stored = await store.GetAsync(_sid, cancellationToken);
            checks.Add(Step("write and read", stored is not null, "the session is absent after the write"));
            checks.Add(Expiry(stored, expires));
            if (store is IConditionalSessionStore conditional)
            {
                checks.Add(await CompareAndSetAsync(conditional, stored, expires, cancellationToken));
            }

            if (store is ITouchableSessionStore touchable)
            {
                checks.Add(Step("touch", await touchable.TouchAsync(_sid, first, cancellationToken), "the session was not found"));
            }
        }
        finally
        {
            await store.DestroyAsync(_sid, CancellationToken.None);
        }

        checks.Add(Step("destroy", await store.GetAsync(_sid, cancellationToken) is null, "the session is still there"));
        return checks;
    }

    private static StoreCheck Step(string name, bool isGood, string fault) =>
        isGood
            ? StoreCheck.Passed(StoreCheckGroup.Rights, name, "works")
            : StoreCheck.Failed(
                StoreCheckGroup.Rights,
                name,
                fault,
                "what the contract of a store says",
                "The store is not a session store, or another program removes its sessions. Run session-conformance on it."
            );

    private async Task<StoreCheck> CompareAndSetAsync(
        IConditionalSessionStore conditional,
        SessionRecord? stored,
        DateTimeOffset expires,
        CancellationToken cancellationToken
    )
    {
        var again = await conditional.TrySetAsync(_sid, ProbeSession.Record(2, expires), null, cancellationToken);
        var changed = await conditional.TrySetAsync(_sid, ProbeSession.Record(3, expires), stored, cancellationToken);
        return Step(
            "compare-and-set",
            (again, changed) is (ConditionalSetResult.Changed, ConditionalSetResult.Stored),
            $"a second create gave {again}, a change {changed}"
        );
    }

    private static StoreCheck Expiry(SessionRecord? stored, DateTimeOffset expires)
    {
        var off = (stored?.Expires - expires)?.Duration() ?? TimeSpan.Zero;
        return StoreCheck.Of(
            off <= Tolerance,
            StoreCheckGroup.Time,
            "expiry",
            $"read {Words.Milliseconds(off)} off what was written",
            $"within {Words.Duration(Tolerance)}",
            "Sessions end early or late. Compare the clocks, and the time zone of the expiry column with that of the application."
        );
    }
}
