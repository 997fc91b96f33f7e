namespace ServerSessions.Stores;

/// <summary>What the two stores hold under an id, and which of them has the session.</summary>
/// <param name="First">The slot of the first store.</param>
/// <param name="Second">The slot of the second store; empty if it was not read.</param>
/// <param name="Owner">The store that has the session; <see langword="null"/> if it is absent.</param>
internal readonly record struct Finding(Slot First, Slot Second, MoveSide? Owner)
{
    /// <summary>
    /// Applies the rule of ownership: a record counts, and a copy counts if the other store says that the session has moved.
    /// </summary>
    public static Finding Of(MoveRoute route, Slot first, Slot second) =>
        new(
            first,
            second,
            (first.Kind, second.Kind) switch
            {
                (SlotKind.Record, _) => route.First,
                (SlotKind.Ended, _) => null,
                (_, SlotKind.Record) => route.Second,
                (SlotKind.Copy, SlotKind.Moved) => route.First,
                (SlotKind.Moved, SlotKind.Copy) => route.Second,
                _ => null,
            }
        );

    public Slot HeldBy(MoveRoute route) => Owner == route.First ? First : Second;
}

/// <summary>Finds the store that has a session.</summary>
internal static class SessionFinder
{
    // A session moves once while it is looked for. The third look is for a copy that was made a record meanwhile.
    private const int MostLooks = 3;

    /// <summary>
    /// Reads the first store, and the second one unless the first one decides. A session that is being carried is between two reads: then
    /// looks again. A copy that counts is made a record.
    /// </summary>
    /// <param name="route">The stores.</param>
    /// <param name="sid">The session id.</param>
    /// <param name="withoutSecond">
    /// Whether to go on if the second store cannot be reached and the first one is empty: its slot is then unknown.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<Finding> FindAsync(
        MoveRoute route,
        string sid,
        bool withoutSecond,
        CancellationToken cancellationToken
    )
    {
        for (var look = 1; ; look++)
        {
            var first = await route.First.ReadAsync(sid, cancellationToken).ConfigureAwait(false);
            if (first.Kind is SlotKind.Record or SlotKind.Ended)
            {
                return Finding.Of(route, first, default);
            }

            var second = await ReadSecondAsync(route, sid, withoutSecond && first.Kind == SlotKind.Empty, cancellationToken)
                .ConfigureAwait(false);
            var finding = Finding.Of(route, first, second);
            var isCopy = finding.Owner is not null && finding.HeldBy(route).Kind == SlotKind.Copy;
            if (isCopy && !await ConfirmAsync(route, sid, finding, cancellationToken).ConfigureAwait(false))
            {
                return finding;
            }

            if (look == MostLooks || (!isCopy && (finding.Owner is not null || !MayBeBetween(first) && !MayBeBetween(second))))
            {
                return finding;
            }
        }
    }

    private static bool MayBeBetween(Slot slot) => slot.Kind is SlotKind.Copy or SlotKind.Moved;

    private static async ValueTask<Slot> ReadSecondAsync(
        MoveRoute route,
        string sid,
        bool mayBeAway,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await route.Second.ReadAsync(sid, cancellationToken).ConfigureAwait(false);
        }
        catch (SessionStoreUnavailableException) when (mayBeAway)
        {
            return new Slot(SlotKind.Unknown);
        }
    }

    /// <summary>Makes a copy that counts a record: the last step of a carrier that did not come to it.</summary>
    /// <returns>Whether it, or another caller, did. Otherwise the copy counts all the same.</returns>
    private static async ValueTask<bool> ConfirmAsync(
        MoveRoute route,
        string sid,
        Finding finding,
        CancellationToken cancellationToken
    )
    {
        var copy = finding.HeldBy(route);
        try
        {
            await finding.Owner!.TrySetAsync(sid, copy.Session!, copy.AtRest, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SessionStoreException)
        {
            return false;
        }
    }
}
