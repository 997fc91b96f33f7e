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
    SessionWriter writer,
    UserTracking? users
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
        if (users is null)
        {
            return await MoveUnlistedAsync(request, newKey, isSignIn, cancellationToken);
        }

        var oldKey = request.State!.StoreKey;
        if (!await users.BeforeMoveAsync(request, newKey, cancellationToken))
        {
            // The user's list does not have it any more: it was ended, perhaps only there so far.
            await store.DestroyAsync(oldKey, cancellationToken);
            return null;
        }

        var moved = await MoveUnlistedAsync(request, newKey, isSignIn, cancellationToken);
        await users.AfterMoveAsync(request, moved is null ? newKey : oldKey);
        return moved;
    }

    private async ValueTask<SessionRecord?> MoveUnlistedAsync(
        RequestSession request,
        string newKey,
        bool isSignIn,
        CancellationToken cancellationToken
    )
    {
        var session = request.State!;
        SessionRecord? moved = null;
        var turn = await store.Writers.EnterAsync(session.StoreKey, cancellationToken);
        try
        {
            writer.Adopt(request, turn.Latest);
            for (var attempt = 1; attempt <= BackOff.MaxAttempts; attempt++)
            {
                session = request.State!;
                moved = await StoreUnderNewIdAsync(session, newKey, isSignIn, moved, cancellationToken);
                if (moved is null)
                {
                    return null;
                }

                // Made now, because its life begins now, and not when the wait for the turn began.
                var tombstone = ToTombstone(session.StoreKey, newKey);
                var result = await store.TrySetAsync(session.StoreKey, tombstone, session.AtRest, cancellationToken);
                if (result == ConditionalSetResult.Stored)
                {
                    store.Watcher?.OnMoved(session.StoreKey, newKey);
                    return moved;
                }

                if (result != ConditionalSetResult.Missing)
                {
                    turn = await writer.AgainAsync(turn, session.StoreKey, attempt, cancellationToken);
                }

                if (
                    result == ConditionalSetResult.Missing
                    || !await writer.AdoptAsync(request, turn.Latest, cancellationToken)
                )
                {
                    await store.DestroyAsync(newKey, cancellationToken);
                    return null;
                }
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

        await store.DestroyAsync(newKey, cancellationToken);
        throw writer.TooManyConflicts();
    }

    /// <returns>The record; <see langword="null"/> if the session was ended by its user's list.</returns>
    private async ValueTask<SessionRecord?> StoreUnderNewIdAsync(
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

        var result = await store.TrySetAsync(newKey, record, before, cancellationToken);
        if (result == ConditionalSetResult.Stored)
        {
            return record;
        }

        return users is not null && (result == ConditionalSetResult.Missing || await users.IsEndedAsync(newKey, cancellationToken))
            ? null
            : throw writer.SidInUse();
    }

    private SessionRecord ToTombstone(string key, string newKey)
    {
        var document = tombstones.Create(key, newKey, out var cookie);
        return format.ToRecord(key, document, cookie, cookie.Expires);
    }
}
