namespace ServerSessions.Stores;

/// <summary>The last step of a move: carries the sessions that no request has used.</summary>
public static class StoreMove
{
    /// <summary>
    /// Carries every session of the one store to the other, as the store's mode says, while applications use both. Lists the source until a
    /// pass finds no session. Then does the same for the stores beside it that were asked for. Several drains may run at once.
    /// </summary>
    /// <remarks>
    /// A drain that was interrupted is simply run again: what was carried is not carried twice. A session that is touched at the very
    /// instant at which it is carried may keep its earlier expiry, once.
    /// </remarks>
    /// <param name="store">The store of two, in a mode that carries.</param>
    /// <param name="options">How fast; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Gets a report at most once a second, and one at the end; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Ends the drain between two steps of a session; what is being carried stays usable.</param>
    /// <returns>What was carried and what is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">
    /// The mode is <see cref="SessionMoveMode.Stay"/>, or changed meanwhile, or one of the stores cannot list its sessions.
    /// </exception>
    /// <exception cref="SessionStoreException">A store cannot be reached, or the source lists records of the target.</exception>
    public static async Task<StoreDrainResult> DrainAsync(
        MovingSessionStore store,
        StoreDrainOptions? options = null,
        IProgress<StoreDrainProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        options ??= new StoreDrainOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.SessionsPerSecond, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallel, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Parallel, 64, nameof(options));
        if (!store.Route.Carries)
        {
            throw new InvalidOperationException(
                $"The mode of the move is {SessionMoveMode.Stay}: no session is carried. Set it to {SessionMoveMode.CarryToNew} or "
                    + $"{SessionMoveMode.CarryToOld}."
            );
        }

        if (store is not IEnumerableSessionStore)
        {
            throw new InvalidOperationException(
                $"The sessions of a store cannot be listed: {store.OldStore.Backend} and {store.NewStore.Backend} must both implement "
                    + $"{nameof(IEnumerableSessionStore)}. Keep the mode until the sessions that no request uses have expired."
            );
        }

        var result = await new DrainRun(store, options, progress).RunAsync(cancellationToken).ConfigureAwait(false);
        foreach (var sibling in store.Siblings)
        {
            var beside = await DrainAsync(sibling, options, null, cancellationToken).ConfigureAwait(false);
            result = new StoreDrainResult(result.Moved + beside.Moved, result.Left + beside.Left, result.Failure ?? beside.Failure);
        }

        return result;
    }
}
