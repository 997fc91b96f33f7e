using Microsoft.Extensions.Logging;

namespace ServerSessions;

/// <summary>
/// Ends sessions of a user: notes in the list which ones, ends their keys, and removes exactly those keys from the list. The note is the
/// moment that counts: what was listed before it ends, also if a crash is in between, for then the next call completes it.
/// </summary>
internal sealed class UserEnding(
    UserIndex index,
    SessionEnding sessions,
    SessionLoader loader,
    SessionEvents events,
    TimeProvider timeProvider,
    ILogger logger
)
{
    /// <summary>Ends one session of a user.</summary>
    /// <inheritdoc cref="EndAsync(string, string, Func{UserIndexEntry, bool}, SessionEndReason, CancellationToken)"/>
    public ValueTask<UserEndingResult> EndOneAsync(
        string subject,
        string handle,
        SessionEndReason reason,
        CancellationToken cancellationToken
    ) => EndAsync(subject, handle, entry => entry.Handle == handle, reason, cancellationToken);

    /// <summary>Ends all sessions of a user, or all but one. A sign-in that was checked before is refused then.</summary>
    /// <inheritdoc cref="EndAsync(string, string, Func{UserIndexEntry, bool}, SessionEndReason, CancellationToken)"/>
    public ValueTask<UserEndingResult> EndAllAsync(
        string subject,
        string? exceptHandle,
        SessionEndReason reason,
        CancellationToken cancellationToken
    ) => EndAsync(subject, null, entry => entry.Handle != exceptHandle, reason, cancellationToken);

    /// <summary>Ends sessions of a user.</summary>
    /// <param name="subject">The user.</param>
    /// <param name="handle">The one that is to be ended; <see langword="null"/> for all, or all but one.</param>
    /// <param name="isMeant">Whether a session is to be ended.</param>
    /// <param name="reason">The reason, for those that are not being ended already.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What became of them.</returns>
    /// <exception cref="SessionStoreException">The list could not be read or stored. No session was ended.</exception>
    private async ValueTask<UserEndingResult> EndAsync(
        string subject,
        string? handle,
        Func<UserIndexEntry, bool> isMeant,
        SessionEndReason reason,
        CancellationToken cancellationToken
    )
    {
        var wasMissing = false;
        IReadOnlyList<UserIndexEntry> meant = [];
        try
        {
            await index.EditAsync(
                subject,
                list =>
                {
                    wasMissing = list is null;
                    meant = list is null ? [] : [.. list.Entries.Where(isMeant).Select(entry => entry.ToEnd(reason))];
                    var noted = meant.Count == 0 ? list : meant.Aggregate(list!, static (edited, entry) => edited.With(entry));
                    return handle is null
                        ? (noted ?? UserIndexContent.Empty(subject, index.EmptyUntil())) with { EndedAt = timeProvider.GetUtcNow() }
                        : noted;
                },
                cancellationToken
            );
        }
        catch (Exception failure) when (IsOfStoreOrCaller(failure))
        {
            await events.EndFailedAsync(handle, subject, reason, failure);
            throw;
        }

        var result = await FinishAsync(subject, meant, cancellationToken);
        return result with { IsListed = meant.Count > 0, WasMissing = wasMissing };
    }

    /// <summary>
    /// Ends the keys of sessions that the list notes as ending, removes them from the list, and tells of each with the noted reason.
    /// </summary>
    /// <param name="subject">The user.</param>
    /// <param name="entries">The sessions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What became of them. A failure of the store is a result, and is logged.</returns>
    public ValueTask<UserEndingResult> FinishAsync(
        string subject,
        IReadOnlyList<UserIndexEntry> entries,
        CancellationToken cancellationToken
    ) => FinishAsync(subject, entries, tells: true, cancellationToken);

    private async ValueTask<UserEndingResult> FinishAsync(
        string subject,
        IReadOnlyList<UserIndexEntry> entries,
        bool tells,
        CancellationToken cancellationToken
    )
    {
        var result = default(UserEndingResult);
        var ended = new List<ListedKey>();
        for (var position = 0; position < entries.Count; position++)
        {
            var entry = entries[position];
            try
            {
                var wasLive = false;
                foreach (var key in entry.Keys)
                {
                    wasLive |= await sessions.EndAsync(key, IsYoung(entry), cancellationToken);
                    ended.Add(new ListedKey(entry.Handle, key));
                }

                result = result with { Ended = result.Ended + (wasLive ? 1 : 0) };
                if (wasLive && tells)
                {
                    await events.EndedAsync(entry.Handle, subject, entry.ReasonToEnd());
                }
            }
            catch (Exception failure) when (IsOfStoreOrCaller(failure))
            {
                var hasLeft = failure is OperationCanceledException;
                foreach (var failed in tells ? entries.Skip(position).Take(hasLeft ? entries.Count : 1) : [])
                {
                    await events.EndFailedAsync(failed.Handle, subject, failed.ReasonToEnd(), failure);
                }

                if (hasLeft)
                {
                    throw;
                }

                Log.UserSessionNotEnded(logger, index.Backend, failure);
                result = result with { Failed = result.Failed + 1 };
            }
        }

        try
        {
            await RemoveAsync(subject, ended, cancellationToken);
        }
        catch (SessionStoreException)
        {
            // They are ended, and stay noted as ending until the next look at the list.
        }

        return result;
    }

    /// <summary>
    /// Called after the session of a key was destroyed: ends the other keys that the list has for it, and removes all of them.
    /// </summary>
    /// <exception cref="SessionStoreException">The list could not be read or stored, or another key of the session may be live.</exception>
    public async ValueTask UnlistAsync(
        string subject,
        string handle,
        string endedKey,
        SessionEndReason reason,
        CancellationToken cancellationToken
    )
    {
        UserIndexEntry? left = null;
        await index.EditAsync(
            subject,
            list =>
            {
                // With another key a renewal is under way, or has failed. None can begin once this is noted.
                left = list?.Find(handle)?.Without([new ListedKey(handle, endedKey)]) is { Keys.Count: > 0 } others
                    ? others.ToEnd(reason)
                    : null;
                return left is null ? list?.Without([new ListedKey(handle, endedKey)], index.EmptyUntil()) : list!.With(left);
            },
            cancellationToken
        );

        // The session tells of its end by itself.
        if (left is not null && (await FinishAsync(subject, [left], tells: false, cancellationToken)).Failed > 0)
        {
            throw new SessionStoreException(
                "The session was destroyed, and a renewal of it under way may not have been: the store failed. Sign out again.",
                SessionStoreOperation.Destroy,
                index.Backend,
                isTransient: true
            );
        }
    }

    /// <summary>Returns a live session of a user; <see langword="null"/> if the list has none of this handle.</summary>
    public async ValueTask<LiveUserSession?> FindAsync(string subject, string handle, CancellationToken cancellationToken)
    {
        if ((await index.FindAsync(subject, cancellationToken))?.Find(handle) is not { Ending: false } entry)
        {
            return null;
        }

        foreach (var key in entry.Keys)
        {
            if (await FindAsync(subject, handle, key, cancellationToken) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Completes endings that were left, reads the sessions of a user, and removes those from the list that are dead.</summary>
    /// <returns>The live sessions; <see langword="null"/> if the user has no list.</returns>
    public async ValueTask<IReadOnlyList<LiveUserSession>?> HealAsync(string subject, CancellationToken cancellationToken)
    {
        if (await index.FindAsync(subject, cancellationToken) is not { } list)
        {
            return null;
        }

        var left = list.Entries.Where(static entry => entry.Ending).ToList();
        if (left.Count > 0)
        {
            await FinishAsync(subject, left, cancellationToken);
        }

        var live = new List<LiveUserSession>();
        var dead = new List<ListedKey>();
        foreach (var entry in list.Entries.Where(static entry => !entry.Ending))
        {
            LiveUserSession? found = null;
            foreach (var key in entry.Keys)
            {
                if (await FindAsync(subject, entry.Handle, key, cancellationToken) is { } session)
                {
                    found ??= session;
                }
                else if (!IsYoung(entry) && !await sessions.IsUnreadableAsync(key, cancellationToken))
                {
                    // One that only another instance can decrypt is not dead.
                    dead.Add(new ListedKey(entry.Handle, key));
                }
            }

            if (found is { } one)
            {
                live.Add(one);
            }
        }

        if (dead.Count > 0)
        {
            await ForgetAsync(subject, dead, cancellationToken);
        }

        return live;
    }

    private async ValueTask<LiveUserSession?> FindAsync(string subject, string handle, string key, CancellationToken cancellationToken) =>
        await loader.GetAsync(key, key, cancellationToken) is { } session
        && StoredLogin.Find(session.Document) is { } login
        && login.Handle == handle
        && login.Subject == subject
            ? new LiveUserSession(login, session)
            : null;

    private async ValueTask RemoveAsync(string subject, List<ListedKey> ended, CancellationToken cancellationToken)
    {
        if (ended.Count > 0)
        {
            await index.EditAsync(subject, list => list?.Without(ended, index.EmptyUntil()), cancellationToken);
        }
    }

    /// <summary>Removes dead keys, unless a request has listed their session again in the meantime.</summary>
    private async ValueTask ForgetAsync(string subject, List<ListedKey> dead, CancellationToken cancellationToken)
    {
        try
        {
            await index.EditAsync(
                subject,
                list =>
                    list?.Without(
                        [.. dead.Where(key => list.Find(key.Handle) is { Ending: false } entry && !IsYoung(entry))],
                        index.EmptyUntil()
                    ),
                cancellationToken
            );
        }
        catch (SessionStoreException)
        {
            // They are hidden, and the next look at the list tries again.
        }
    }

    private static bool IsOfStoreOrCaller(Exception failure) => failure is SessionStoreException or OperationCanceledException;

    /// <summary>Whether a request may be under way that stores the session under a key of the list.</summary>
    private bool IsYoung(UserIndexEntry entry) => timeProvider.GetUtcNow() - entry.Added < UserIndex.Grace;
}

/// <summary>What became of sessions that were to be ended.</summary>
/// <param name="Ended">The number of those that were live.</param>
/// <param name="Failed">The number of those that may still be live.</param>
/// <param name="IsListed">Whether the list had one.</param>
/// <param name="WasMissing">Whether the user had no list.</param>
internal readonly record struct UserEndingResult(int Ended, int Failed, bool IsListed, bool WasMissing);

/// <summary>A session of a user that was read.</summary>
internal readonly record struct LiveUserSession(StoredLogin Login, SessionState Session);
