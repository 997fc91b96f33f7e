namespace ServerSessions;

/// <summary>
/// Ends sessions, and takes them from their old id to a new one, so that of requests in parallel each gets its due: what was destroyed
/// stays so.
/// </summary>
internal sealed class SessionRemover(SessionRuntime runtime)
{
    // After as many changes by others in between the session is removed without asking what it is by now.
    private const int MaxAttempts = 8;

    private StoreAccess Store => runtime.Store;

    /// <summary>Removes a session, and what it has become where a parallel request has moved it to a new id.</summary>
    /// <param name="session">The session.</param>
    /// <param name="endsToo">The name of what ends with it; see <see cref="RequestSession.EndsToo"/>.</param>
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

    /// <summary>
    /// Removes what stands under a name in the store: the session, or where it has moved, however often, the session at the end and the
    /// marks.
    /// </summary>
    private async ValueTask EndAsync(string key, SessionRecord? known, CancellationToken cancellationToken)
    {
        // Where nothing can be compared there are no marks.
        for (var attempt = 0; Store.IsConditional && attempt < MaxAttempts; attempt++)
        {
            var removed = known is null ? ConditionalSetResult.Changed : await RemoveAsync(key, known, cancellationToken);
            if (removed == ConditionalSetResult.Stored)
            {
                return;
            }

            if (removed == ConditionalSetResult.Missing)
            {
                // What has expired may stand there until it is pruned, and by another instance's clock it may not be over. What was
                // destroyed goes now.
                break;
            }

            if (await Store.GetAsync(key, cancellationToken) is not { } record)
            {
                break;
            }

            if (TargetOf(key, record) is { } target)
            {
                // Stored before the mark was, so it is there to be ended. The mark goes last: until then another try finds the way.
                await EndAsync(target, null, cancellationToken);
                break;
            }

            known = record;
        }

        await Store.DestroyAsync(key, cancellationToken);
    }

    /// <summary>
    /// Moves a session to a new id: stored there first, then replaced by a mark that tells where it went, so that at every instant one of
    /// the two is whole. What others wrote under the old id meanwhile is taken over.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="newSid">The new id.</param>
    /// <param name="isSignIn">Whether the overall limit starts again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What is stored under the new id; nothing if the session was gone already.</returns>
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
                // With what others have added it is past a limit. No copy stays under an id that nobody is told.
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

    /// <summary>By the contract a record that has expired leaves nothing of the session at rest: a conditional destroy.</summary>
    private ValueTask<ConditionalSetResult> RemoveAsync(string key, SessionRecord expected, CancellationToken cancellationToken) =>
        Store.TrySetAsync(key, SessionRecord.TakeOwnership(expected.Payload, DateTimeOffset.UnixEpoch), expected, cancellationToken);
}
