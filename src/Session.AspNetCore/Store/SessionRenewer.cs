namespace ServerSessions;

/// <summary>
/// Moves a stored session to a new id: stores it there first, then replaces the old record by a tombstone. So one of the two is complete at
/// every instant. Changes that other requests stored under the old id in the meantime are adopted.
/// </summary>
internal sealed class SessionRenewer(
    StoreClient store,
    StoredFormat format,
    SessionRecords records,
    Tombstones tombstones,
    SessionWriter writer
)
{
    /// <summary>Moves the session of a request, in a store that can compare and set.</summary>
    /// <param name="request">The request. It has adopted the changes of other requests afterwards.</param>
    /// <param name="newKey">The store key of the new id.</param>
    /// <param name="isSignIn">Whether the absolute timeout starts again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The record under the new id; <see langword="null"/> if the session was already gone.</returns>
    public async ValueTask<SessionRecord?> MoveAsync(
        RequestSession request,
        string newKey,
        bool isSignIn,
        CancellationToken cancellationToken
    )
    {
        var session = request.State!;
        var tombstone = ToTombstone(session.StoreKey, newKey);
        SessionRecord? moved = null;
        for (var attempt = 1; attempt <= SessionWriter.MaxAttempts; attempt++)
        {
            moved = await StoreUnderNewIdAsync(session, newKey, isSignIn, moved, cancellationToken);
            var result = await store.TrySetAsync(session.StoreKey, tombstone, session.AtRest, cancellationToken);
            if (result == ConditionalSetResult.Stored)
            {
                return moved;
            }

            if (result == ConditionalSetResult.Missing || !await writer.RebaseAsync(request, attempt, cancellationToken))
            {
                await store.DestroyAsync(newKey, cancellationToken);
                return null;
            }

            session = request.State!;
        }

        await store.DestroyAsync(newKey, cancellationToken);
        throw writer.TooManyConflicts();
    }

    private async ValueTask<SessionRecord> StoreUnderNewIdAsync(
        SessionState session,
        string newKey,
        bool isSignIn,
        SessionRecord? before,
        CancellationToken cancellationToken
    )
    {
        SessionRecord record;
        try
        {
            record = records.ToRenewedRecord(session, newKey, isSignIn);
        }
        catch (SessionLimitException) when (before is not null)
        {
            // With the changes of other requests it exceeds a limit. Removes the copy, because no client gets its id.
            await store.DestroyAsync(newKey, cancellationToken);
            throw;
        }

        return await store.TrySetAsync(newKey, record, before, cancellationToken) == ConditionalSetResult.Stored
            ? record
            : throw writer.SidInUse();
    }

    private SessionRecord ToTombstone(string key, string newKey)
    {
        var document = tombstones.Create(key, newKey, out var cookie);
        return format.ToRecord(key, document, cookie, cookie.Expires);
    }
}
