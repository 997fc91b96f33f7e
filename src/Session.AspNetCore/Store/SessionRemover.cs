namespace ServerSessions;

/// <summary>Destroys and renews sessions, so that a destroy always wins over a concurrent renewal.</summary>
internal sealed class SessionRemover(SessionRuntime runtime)
{
    // After this many changes by other requests the session is removed without another read.
    private const int MaxAttempts = 8;

    private StoreClient Store => runtime.Store;

    /// <summary>Destroys a session, and its successor if a parallel request has renewed it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="endsToo">A further store key to destroy; see <see cref="RequestSession.EndsToo"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask DestroyAsync(ServerSession session, string? endsToo, CancellationToken cancellationToken)
    {
        if (endsToo is not null)
        {
            await EndAsync(endsToo, null, cancellationToken);
        }

        if (session.AtRest is { } known)
        {
            await EndAsync(session.Key, known, cancellationToken);
        }
        else
        {
            await Store.DestroyAsync(session.Key, cancellationToken);
        }
    }

    /// <summary>Destroys what is stored under a key: the session, or all tombstones and the session that they lead to.</summary>
    private async ValueTask EndAsync(string key, SessionRecord? known, CancellationToken cancellationToken)
    {
        // Without compare-and-set there are no tombstones.
        for (var attempt = 0; Store.IsConditional && attempt < MaxAttempts; attempt++)
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

            if (await Store.GetAsync(key, cancellationToken) is not { } record)
            {
                break;
            }

            if (TargetOf(key, record) is { } target)
            {
                // The successor was stored before the tombstone. The tombstone is removed last, so that another attempt still finds the
                // successor.
                await EndAsync(target, null, cancellationToken);
                break;
            }

            known = record;
        }

        await Store.DestroyAsync(key, cancellationToken);
    }

    /// <summary>
    /// Moves a session to a new id: stores it there first, then replaces the old record by a tombstone. So one of the two is complete at
    /// every instant. Changes that other requests stored under the old id in the meantime are adopted.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="newSid">The new id.</param>
    /// <param name="isSignIn">Whether the absolute timeout starts again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The record under the new id; <see langword="null"/> if the session was already gone.</returns>
    public async ValueTask<SessionRecord?> MoveAsync(
        ServerSession session,
        string newSid,
        bool isSignIn,
        CancellationToken cancellationToken
    )
    {
        var newKey = Store.KeyOf(newSid);
        var document = runtime.Moves.Mark(session.Key, newKey, out var cookie);
        var mark = Store.ToRecord(session.Key, document, cookie, cookie.Expires);
        SessionRecord? moved = null;
        for (var attempt = 1; attempt <= SessionWriter.MaxAttempts; attempt++)
        {
            SessionRecord record;
            try
            {
                record = session.ToMovedRecord(newKey, isSignIn);
            }
            catch (SessionLimitException) when (moved is not null)
            {
                // With the changes of other requests it exceeds a limit. Removes the copy, because no client gets its id.
                await Store.DestroyAsync(newKey, cancellationToken);
                throw;
            }

            if (await Store.TrySetAsync(newKey, record, moved, cancellationToken) != ConditionalSetResult.Stored)
            {
                throw runtime.Writer.SidInUse();
            }

            moved = record;
            var result = await Store.TrySetAsync(session.Key, mark, session.AtRest, cancellationToken);
            if (result == ConditionalSetResult.Stored)
            {
                return moved;
            }

            if (result == ConditionalSetResult.Missing || !await runtime.Writer.RebaseAsync(session, attempt, cancellationToken))
            {
                await Store.DestroyAsync(newKey, cancellationToken);
                return null;
            }
        }

        await Store.DestroyAsync(newKey, cancellationToken);
        throw runtime.Writer.TooManyConflicts();
    }

    private string? TargetOf(string key, SessionRecord record) =>
        runtime.Open(key, record) is { } document ? runtime.TargetOf(key, document) : null;

    /// <summary>
    /// Removes a record only if it is the expected one. By the contract, a record with a past expiry leaves nothing at rest.
    /// </summary>
    private ValueTask<ConditionalSetResult> RemoveAsync(string key, SessionRecord expected, CancellationToken cancellationToken) =>
        Store.TrySetAsync(key, SessionRecord.TakeOwnership(expected.Payload, DateTimeOffset.UnixEpoch), expected, cancellationToken);
}
