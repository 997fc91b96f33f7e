namespace ServerSessions;

/// <summary>Destroys sessions, so that a destroy always wins over a concurrent renewal.</summary>
internal sealed class SessionRemover(StoreClient store, StoredFormat format, Tombstones tombstones)
{
    // After this many changes by other requests the session is removed without another read.
    private const int MaxAttempts = 8;

    /// <summary>
    /// Destroys the session that a request ends, and what else belongs to its visitor's cookie; see
    /// <see cref="IncomingCookie.RefusedStoreKey"/>. If Node has made a session of a tombstone, also the successor.
    /// </summary>
    public async ValueTask EndAsync(RequestSession request, CancellationToken cancellationToken)
    {
        var session = request.State!;
        if ((request.Incoming.RefusedStoreKey ?? tombstones.TargetOf(session.StoreKey, session.Document)) is { } endsToo)
        {
            await EndAsync(endsToo, null, cancellationToken);
        }

        await DestroyAsync(session, cancellationToken);
    }

    /// <summary>Destroys a session, and its successor if a parallel request has renewed it.</summary>
    public ValueTask DestroyAsync(SessionState session, CancellationToken cancellationToken) =>
        session.AtRest is { } known
            ? EndAsync(session.StoreKey, known, cancellationToken)
            : store.DestroyAsync(session.StoreKey, cancellationToken);

    /// <summary>Destroys what is stored under a key: the session, or all tombstones and the session that they lead to.</summary>
    private async ValueTask EndAsync(string key, SessionRecord? known, CancellationToken cancellationToken)
    {
        // Without compare-and-set there are no tombstones.
        for (var attempt = 0; store.IsConditional && attempt < MaxAttempts; attempt++)
        {
            var removed = known is null ? ConditionalSetResult.Changed : await RemoveAsync(key, known, cancellationToken);
            if (removed == ConditionalSetResult.Stored)
            {
                return;
            }

            if (removed == ConditionalSetResult.Missing)
            {
                // An expired record may stay until it is pruned, and may still be valid by another instance's clock. A destroyed session is
                // removed now.
                break;
            }

            if (await store.GetAsync(key, cancellationToken) is not { } record)
            {
                break;
            }

            if (format.Open(key, record) is { } document && tombstones.TargetOf(key, document) is { } target)
            {
                // The successor was stored before the tombstone. The tombstone is removed last, so that another attempt still finds the
                // successor.
                await EndAsync(target, null, cancellationToken);
                break;
            }

            known = record;
        }

        await store.DestroyAsync(key, cancellationToken);
    }

    /// <summary>
    /// Removes a record only if it is the expected one. By the contract, a record with a past expiry leaves nothing at rest.
    /// </summary>
    private ValueTask<ConditionalSetResult> RemoveAsync(string key, SessionRecord expected, CancellationToken cancellationToken) =>
        store.TrySetAsync(key, SessionRecord.TakeOwnership(expected.Payload, DateTimeOffset.UnixEpoch), expected, cancellationToken);
}
