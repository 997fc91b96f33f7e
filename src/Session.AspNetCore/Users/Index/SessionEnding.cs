namespace ServerSessions;

/// <summary>
/// Ends what is, or is about to be, stored under a key of a list. Where a request may still be under way that stores a session there, a
/// tombstone stays, so that the request fails instead of storing a session that no list names.
/// </summary>
internal sealed class SessionEnding(StoreClient store, StoredFormat format, Tombstones tombstones)
{
    // Each other request that changes the session at this moment costs an attempt.
    private const int MaxAttempts = 64;

    // A session that is renewed while it is ended has two keys. More tombstones in a row have another cause.
    private const int MaxTombstones = 8;

    /// <summary>Ends the session of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isYoung">Whether a request may be under way that stores a session there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether a session was there.</returns>
    /// <exception cref="SessionStoreException">The store failed, or others changed the session before each attempt.</exception>
    public ValueTask<bool> EndAsync(string key, bool isYoung, CancellationToken cancellationToken) =>
        EndAsync(key, isYoung, MaxTombstones, cancellationToken);

    /// <summary>Whether a session was ended before it was stored under a key.</summary>
    public async ValueTask<bool> IsEndedAsync(string key, CancellationToken cancellationToken) =>
        await store.GetAsync(key, cancellationToken) is { } record
        && format.Open(key, record) is { } document
        && tombstones.IsTombstone(key, document);

    /// <summary>Whether there is a record under a key that cannot be decrypted here.</summary>
    public async ValueTask<bool> IsUnreadableAsync(string key, CancellationToken cancellationToken) =>
        await store.GetAsync(key, cancellationToken) is { } record && format.Open(key, record) is null;

    private async ValueTask<bool> EndAsync(string key, bool isYoung, int depth, CancellationToken cancellationToken)
    {
        var turn = await store.Writers.EnterAsync(key, cancellationToken);
        try
        {
            for (var attempt = 1; attempt <= MaxAttempts; attempt++)
            {
                var record = await store.GetAsync(key, cancellationToken);
                if (record is null && !isYoung)
                {
                    return false;
                }

                if (record is not null && format.Open(key, record) is { } document && tombstones.IsTombstone(key, document))
                {
                    return depth > 0
                        && tombstones.TargetOf(key, document) is { } target
                        && await EndAsync(target, isYoung, depth - 1, cancellationToken);
                }

                var result = isYoung
                    ? await PutTombstoneAsync(key, record, cancellationToken)
                    : await store.TryRemoveAsync(key, record!, cancellationToken);
                if (result == ConditionalSetResult.Stored)
                {
                    return record is not null;
                }

                turn = await store.Writers.AgainAsync(turn, key, attempt, cancellationToken);
            }
        }
        catch (SessionStoreException)
        {
            turn.Dissolve();
            throw;
        }
        finally
        {
            turn.Leave();
        }

        throw new SessionStoreException(
            $"A session of a user was not ended: other requests changed it before each of {MaxAttempts} attempts. Try again.",
            SessionStoreOperation.Destroy,
            store.Backend,
            isTransient: true
        );
    }

    private async ValueTask<ConditionalSetResult> PutTombstoneAsync(string key, SessionRecord? record, CancellationToken cancellationToken)
    {
        var document = tombstones.Create(key, "", out var cookie);
        var tombstone = format.ToRecord(key, document, cookie, cookie.Expires);
        var result = await store.TrySetAsync(key, tombstone, record, cancellationToken);
        if (result == ConditionalSetResult.Stored)
        {
            store.Watcher?.OnRemoved(key);
        }

        return result;
    }
}
