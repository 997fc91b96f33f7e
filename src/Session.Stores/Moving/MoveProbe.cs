using System.Security.Cryptography;

namespace ServerSessions.Stores;

/// <summary>
/// Finds out whether the two stores of a move are one store under two names: stores a record in one and looks for it in the other. Once
/// they were found to be two, it makes no more calls.
/// </summary>
internal sealed class MoveProbe(MoveSide oldStore, MoveSide newStore, MoveClock clock)
{
    private volatile bool _areTwo;

    /// <exception cref="SessionStoreException">They are one store, or one of them failed.</exception>
    public async ValueTask EnsureTwoStoresAsync(CancellationToken cancellationToken)
    {
        if (_areTwo)
        {
            return;
        }

        var isFound = await WithPlantedAsync(
                newStore,
                async sid => (await oldStore.ReadAsync(sid, cancellationToken).ConfigureAwait(false)).Kind != SlotKind.Empty,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (isFound)
        {
            throw new SessionStoreException(
                $"The old and the new session store of the move are one store ({newStore.Backend}): what was stored in one was found in "
                    + "the other. Give the new store another server, database, table, prefix or folder.",
                SessionStoreOperation.Open,
                newStore.Backend,
                isTransient: false
            );
        }

        _areTwo = true;
    }

    /// <summary>
    /// Stores a record in a store that is no session, under an id that no session has, and removes it after it was looked for.
    /// </summary>
    public async ValueTask<T> WithPlantedAsync<T>(MoveSide store, Func<string, ValueTask<T>> look, CancellationToken cancellationToken)
    {
        var sid = $"move-probe-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        await store.TrySetAsync(sid, SlotFormat.Probe(clock), null, cancellationToken).ConfigureAwait(false);
        try
        {
            return await look(sid).ConfigureAwait(false);
        }
        finally
        {
            await RemoveAsync(store, sid).ConfigureAwait(false);
        }
    }

    private static async ValueTask RemoveAsync(MoveSide store, string sid)
    {
        try
        {
            await store.DestroyAsync(sid, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SessionStoreException)
        {
            // It ends by itself.
        }
    }
}
